package io.kinesisspring.benchmarks.peers;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.benchmarks.driver.Task;

/**
 * The SDK's clients, with the HTTP settings that our starter gives its own.
 */
final class Clients {

	static final Region REGION = Region.US_EAST_1;

	static final AwsCredentialsProvider CREDENTIALS = StaticCredentialsProvider
		.create(AwsBasicCredentials.create("local", "local"));

	private Clients() {
	}

	static KinesisAsyncClient kinesis(Task task) {
		Protocol protocol = task.is("http1") ? Protocol.HTTP1_1 : Protocol.HTTP2;
		return KinesisAsyncClient.builder()
			.endpointOverride(task.endpoint())
			.region(REGION)
			.credentialsProvider(CREDENTIALS)
			.httpClientBuilder(NettyNioAsyncHttpClient.builder().maxConcurrency(Integer.MAX_VALUE).protocol(protocol))
			.build();
	}

	static DynamoDbAsyncClient dynamoDb(Task task) {
		return DynamoDbAsyncClient.builder()
			.endpointOverride(task.dynamoDb())
			.region(REGION)
			.credentialsProvider(CREDENTIALS)
			.httpClientBuilder(NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP1_1))
			.build();
	}

}

package io.kinesisspring.listener;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;

import io.kinesisspring.embedded.EmbeddedKinesisServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The embedded server and DynamoDB Local over real HTTP, for the tests of a class.
 */
final class EmbeddedBackEnds implements BeforeAllCallback, AfterAllCallback {

	private static final StaticCredentialsProvider CREDENTIALS = StaticCredentialsProvider
		.create(AwsBasicCredentials.create("test", "test"));

	private EmbeddedKinesisServer server;

	private KinesisAsyncClient kinesis;

	private DynamoDbAsyncClient dynamoDb;

	@Override
	public void beforeAll(ExtensionContext context) {
		this.server = EmbeddedKinesisServer.builder().start();
		this.kinesis = kinesis(this.server.endpoint());
		this.dynamoDb = DynamoDbAsyncClient.builder()
			.endpointOverride(this.server.dynamoDbEndpoint().orElseThrow())
			.region(Region.US_EAST_1)
			.credentialsProvider(CREDENTIALS)
			.build();
	}

	static KinesisAsyncClient kinesis(URI endpoint) {
		return KinesisAsyncClient.builder()
			.endpointOverride(endpoint)
			.region(Region.US_EAST_1)
			.credentialsProvider(CREDENTIALS)
			.build();
	}

	@Override
	public void afterAll(ExtensionContext context) {
		this.kinesis.close();
		this.dynamoDb.close();
		this.server.close();
	}

	EmbeddedKinesisServer server() {
		return this.server;
	}

	KinesisAsyncClient kinesis() {
		return this.kinesis;
	}

	DynamoDbAsyncClient dynamoDb() {
		return this.dynamoDb;
	}

	/**
	 * Put numbered records, {@code from} to {@code to - 1}, each under its number as key.
	 */
	void put(String stream, int from, int to) {
		List<PutRecordsRequestEntry> entries = new ArrayList<>();
		for (int i = from; i < to; i++) {
			entries.add(PutRecordsRequestEntry.builder()
				.partitionKey("key-" + i)
				.data(SdkBytes.fromUtf8String(String.valueOf(i)))
				.build());
		}
		PutRecordsResponse response = this.kinesis.putRecords((put) -> put.streamName(stream).records(entries)).join();
		assertThat(response.failedRecordCount()).isZero();
	}

}

package io.kinesisspring.embedded;

import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

import io.kinesisspring.embedded.testing.KinesisClients;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * SDK clients other than those of the conformance suite.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SynchronousClientTests {

	private EmbeddedKinesisServer server;

	@BeforeAll
	void start() {
		this.server = EmbeddedKinesisServer.builder().dynamoDb(false).stream("orders", 1).stream("audit", 1).start();
	}

	@AfterAll
	void stop() {
		this.server.close();
	}

	@Test
	void apacheWritesAndReads() {
		try (SdkHttpClient http = Apache5HttpClient.create();
				KinesisClient client = KinesisClient.builder()
					.endpointOverride(this.server.endpoint())
					.region(Region.US_EAST_1)
					.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
					.httpClient(http)
					.build()) {
			client.putRecords((request) -> request.streamName("orders").records(entry("first"), entry("second")));
			String iterator = client
				.getShardIterator((request) -> request.streamName("orders")
					.shardId("shardId-000000000000")
					.shardIteratorType(ShardIteratorType.TRIM_HORIZON))
				.shardIterator();
			List<Record> records = client.getRecords((request) -> request.shardIterator(iterator)).records();
			assertThat(records).extracting((record) -> record.data().asUtf8String()).containsExactly("first", "second");
		}
	}

	@Test
	void theDefaultsOfTheSdkWork() {
		try (var client = KinesisClients.withDefaults(this.server.endpoint())) {
			client.putRecords((request) -> request.streamName("audit").records(entry("first"))).join();
			assertThat(client.listStreams().join().streamNames()).containsExactly("audit", "orders");
		}
	}

	private static PutRecordsRequestEntry entry(String payload) {
		return PutRecordsRequestEntry.builder().partitionKey("a").data(SdkBytes.fromUtf8String(payload)).build();
	}

}

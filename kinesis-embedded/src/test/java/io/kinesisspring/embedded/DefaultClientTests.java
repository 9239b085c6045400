package io.kinesisspring.embedded;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

import io.kinesisspring.embedded.testing.KinesisClients;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An SDK client that was told nothing but an endpoint.
 */
class DefaultClientTests {

	@Test
	void worksWithTheDefaultsOfTheSdk() {
		try (EmbeddedKinesisServer server = EmbeddedKinesisServer.builder().dynamoDb(false).stream("audit", 1).start();
				var client = KinesisClients.withDefaults(server.endpoint())) {
			client.putRecords((request) -> request.streamName("audit").records(entry("first"))).join();
			assertThat(client.listStreams().join().streamNames()).containsExactly("audit");
		}
	}

	private static PutRecordsRequestEntry entry(String payload) {
		return PutRecordsRequestEntry.builder().partitionKey("a").data(SdkBytes.fromUtf8String(payload)).build();
	}

}

package io.kinesisspring.boot.autoconfigure.preflight;

import java.util.List;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

import io.kinesisspring.boot.autoconfigure.preflight.PreflightDryRunTests.OrdersApplication;
import io.kinesisspring.embedded.testing.EnabledIfIndependentServers;
import io.kinesisspring.embedded.testing.IndependentServer;
import io.kinesisspring.embedded.testing.IndependentServers;
import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.embedded.testing.WireProtocol;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Preflight} on servers that this project did not write, and that ignore
 * {@code DryRun}.
 */
@EnabledIfIndependentServers
@Timeout(120)
class PreflightIntegrationTests {

	private static final String CBOR = "aws.cborEnabled";

	@AfterEach
	void useCbor() {
		System.clearProperty(CBOR);
	}

	@Test
	void storesNothingOnKinesisLocal() {
		try (IndependentServer server = IndependentServers.kinesisLocal();
				KinesisAsyncClient client = client(server, WireProtocol.CBOR)) {
			createStreams(client);
			run(server, "polling");
			assertThat(records(client)).isEmpty();
			run(server, "fan-out");
			assertThat(records(client)).isEmpty();
			assertDryRunsAreIgnored(client);
		}
	}

	@Test
	void storesNothingOnKinesalite() {
		try (IndependentServer server = IndependentServers.kinesalite();
				KinesisAsyncClient client = client(server, WireProtocol.JSON)) {
			createStreams(client);
			System.setProperty(CBOR, "false");
			run(server, "polling");
			assertThat(records(client)).isEmpty();
			assertDryRunsAreIgnored(client);
		}
	}

	private static KinesisAsyncClient client(IndependentServer server, WireProtocol wire) {
		return KinesisClients.withoutRetries(server.endpoint(), wire, Protocol.HTTP1_1);
	}

	private static void createStreams(KinesisAsyncClient client) {
		for (String stream : List.of("orders", "dead")) {
			client.createStream((create) -> create.streamName(stream).shardCount(1)).join();
			Awaitility.await()
				.until(() -> client.describeStreamSummary((describe) -> describe.streamName(stream))
					.join()
					.streamDescriptionSummary()
					.streamStatus() == StreamStatus.ACTIVE);
		}
	}

	private static void run(IndependentServer server, String mode) {
		new SpringApplicationBuilder(OrdersApplication.class).web(WebApplicationType.NONE)
			.properties("spring.application.name=shop", "kinesis.preflight.enabled=true", "kinesis.lease.store=memory",
					"kinesis.endpoint=" + server.endpoint(), "kinesis.region=us-east-1",
					"kinesis.credentials.access-key=local", "kinesis.credentials.secret-key=local",
					"kinesis.http.protocol=http1.1", "kinesis.consumer.error.dead-letter-stream=dead",
					"kinesis.consumer.auto-startup=false", "kinesis.consumer.mode=" + mode)
			.run()
			.close();
	}

	/**
	 * Without this the tests would prove nothing.
	 */
	private static void assertDryRunsAreIgnored(KinesisAsyncClient client) {
		PutRecordsRequestEntry entry = PutRecordsRequestEntry.builder()
			.partitionKey("a")
			.data(SdkBytes.fromUtf8String("dry"))
			.build();
		client.putRecords((put) -> put.streamName("dead").records(entry).dryRun(true)).join();
		assertThat(records(client)).hasSize(1);
	}

	private static List<Record> records(KinesisAsyncClient client) {
		String iterator = client
			.getShardIterator((get) -> get.streamName("dead")
				.shardId("shardId-000000000000")
				.shardIteratorType(ShardIteratorType.TRIM_HORIZON))
			.join()
			.shardIterator();
		return client.getRecords((get) -> get.shardIterator(iterator)).join().records();
	}

}

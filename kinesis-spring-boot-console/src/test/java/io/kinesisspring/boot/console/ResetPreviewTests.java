package io.kinesisspring.boot.console;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.EmbeddedRecord;
import io.kinesisspring.embedded.fault.Fault;
import io.kinesisspring.embedded.fault.FaultRule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ResetPreview} and {@link ShardPreview}, on the embedded server: a
 * preview must say what the reset then does.
 */
@Timeout(180)
class ResetPreviewTests {

	private static EmbeddedKinesisServer server;

	private ConsoleTestApplication application;

	private String stream;

	@BeforeAll
	static void startServer() {
		server = EmbeddedKinesisServer.builder().start();
	}

	@AfterAll
	static void stopServer() {
		server.close();
	}

	@BeforeEach
	void start() {
		ConsoleTestApplication.Listener.received.set(0);
		this.stream = ConsoleTestApplication.newStream(server, 2);
		this.application = ConsoleTestApplication.start(server, this.stream, "kinesis.consumer.checkpoint-interval=0s");
		this.application.send(0, 60);
		await().until(() -> ConsoleTestApplication.Listener.received.get() == 60);
	}

	@AfterEach
	void stop() {
		this.application.close();
	}

	@Test
	void countsWhatIsDeliveredAgain() throws Exception {
		await().untilAsserted(() -> {
			JsonNode preview = preview("trim-horizon", null);
			assertThat(preview.get("direction").asString()).as(preview.toString()).isEqualTo("again");
			assertThat(preview.get("records").asInt()).isEqualTo(60);
			assertThat(preview.get("estimated").asBoolean()).isFalse();
			assertThat(preview.get("shards")).hasSize(2).allSatisfy((shard) -> {
				assertThat(shard.get("to").asString()).isEqualTo("trim-horizon");
				assertThat(shard.get("direction").asString()).isEqualTo("again");
				assertThat(shard.get("estimated").asBoolean()).isFalse();
			});
		});
		assertThat(this.application
			.change("orders/reset", "{\"stream\": \"" + this.stream + "\", \"position\": \"trim-horizon\"}")
			.statusCode()).isEqualTo(200);
		await().until(() -> ConsoleTestApplication.Listener.received.get() == 120);
	}

	@Test
	void countsWhatIsSkipped() throws Exception {
		this.application.change("orders/pause", "{}");
		this.application.send(60, 100);
		await().untilAsserted(() -> {
			JsonNode preview = preview("latest", null);
			assertThat(preview.get("direction").asString()).as(preview.toString()).isEqualTo("skipped");
			assertThat(preview.get("records").asInt()).isEqualTo(40);
			JsonNode again = preview("trim-horizon", null);
			assertThat(again.get("records").asInt()).as("records behind the checkpoint do not count").isEqualTo(60);
		});
	}

	@Test
	void findsOutOnWhichSideAMomentIs() throws Exception {
		Instant before = Instant.now().minusSeconds(3600);
		await().untilAsserted(() -> {
			JsonNode back = preview(before.toString(), null);
			assertThat(back.get("direction").asString()).as(back.toString()).isEqualTo("again");
			assertThat(back.get("records").asInt()).isEqualTo(60);
			assertThat(back.at("/shards/0/toTime").asLong()).isEqualTo(before.toEpochMilli());
			JsonNode none = preview(Instant.now().plusSeconds(3600).toString(), null);
			assertThat(none.get("direction").asString()).as(none.toString()).isEqualTo("none");
			assertThat(none.get("records").asInt()).isZero();
		});
		this.application.change("orders/pause", "{}");
		this.application.send(60, 100);
		JsonNode forward = preview(Instant.now().plusSeconds(3600).toString(), null);
		assertThat(forward.get("direction").asString()).as(forward.toString()).isEqualTo("skipped");
		assertThat(forward.get("records").asInt()).isEqualTo(40);
	}

	@Test
	void countsFromASequenceNumber() throws Exception {
		EmbeddedRecord first = server.records(this.stream)
			.stream()
			.filter((record) -> record.shardId().equals("shardId-000000000000"))
			.findFirst()
			.orElseThrow();
		long ofShard = server.records(this.stream)
			.stream()
			.filter((record) -> record.shardId().equals("shardId-000000000000"))
			.count();
		await().untilAsserted(() -> {
			JsonNode preview = preview(first.sequenceNumber(), "shardId-000000000000");
			assertThat(preview.get("records").asLong()).as(preview.toString()).isEqualTo(ofShard - 1);
			assertThat(preview.get("direction").asString()).isEqualTo("again");
		});
	}

	/**
	 * It reads for four seconds at most.
	 */
	@Test
	void saysWhatItCouldNotRead() throws Exception {
		Fault slow = server.faults()
			.add(FaultRule.latency(Duration.ofSeconds(20)).action("GetRecords").stream(this.stream));
		try {
			JsonNode preview = preview("trim-horizon", null);
			assertThat(preview.get("direction").asString()).as(preview.toString()).isEqualTo("unknown");
			assertThat(preview.has("records")).isFalse();
			assertThat(preview.get("shards")).hasSize(2).allSatisfy((shard) -> {
				assertThat(shard.get("direction").asString()).isEqualTo("unknown");
				assertThat(shard.has("records")).isFalse();
			});
		}
		finally {
			server.faults().remove(slow);
		}
	}

	@Test
	void rejectsBadInput() throws Exception {
		assertThat(response("{}").statusCode()).isEqualTo(400);
		assertThat(response("{\"stream\": \"other\", \"position\": \"latest\"}").body()).contains("has no lease");
		assertThat(response("{\"stream\": \"" + this.stream + "\", \"position\": \"yesterday\"}").statusCode())
			.isEqualTo(400);
	}

	private JsonNode preview(String position, String shard) throws Exception {
		String body = "{\"stream\": \"" + this.stream + "\", \"position\": \"" + position + "\""
				+ ((shard != null) ? ", \"shard\": \"" + shard + "\"}" : "}");
		return JsonMapper.shared().readTree(response(body).body());
	}

	private HttpResponse<String> response(String body) throws Exception {
		return this.application.change("orders/preview", body);
	}

}

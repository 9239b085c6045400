package io.kinesisspring.boot.console;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import io.kinesisspring.embedded.EmbeddedKinesisServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the console over HTTP, with one application on the embedded server and
 * DynamoDB Local.
 */
@Timeout(180)
class ConsoleTests {

	private static EmbeddedKinesisServer server;

	private static ConsoleTestApplication application;

	private static String stream;

	@BeforeAll
	static void start() {
		server = EmbeddedKinesisServer.builder().start();
		stream = ConsoleTestApplication.newStream(server, 2);
		application = ConsoleTestApplication.start(server, stream);
	}

	@AfterAll
	static void stop() {
		application.close();
		server.close();
	}

	@BeforeEach
	void waitUntilItReads() throws Exception {
		ConsoleTestApplication.Listener.failing = false;
		await().untilAsserted(() -> {
			JsonNode listener = application.json("/kinesis/api/state").at("/listeners/0");
			assertThat(listener.path("held").asInt()).isGreaterThanOrEqualTo(2);
			assertThat(listener.path("paused").asInt()).isZero();
			assertThat(listener.path("maxMillisBehindLatest").asInt()).isZero();
		});
	}

	@AfterEach
	void resume() throws Exception {
		application.change("orders/resume", "{}");
	}

	@Test
	void showsWhatTheEndpointShows() throws Exception {
		await().untilAsserted(() -> {
			JsonNode details = application.json("/actuator/kinesis/orders");
			JsonNode state = application.json("/kinesis/api/state");
			assertThat(state.get("application").asString()).isEqualTo("shop-" + stream);
			assertThat(details.at("/listener/worker").asString()).startsWith(state.get("instance").asString() + ".");
			JsonNode listener = state.at("/listeners/0");
			assertThat(without(listener, "id", "recordsPerSecond", "workers", "shards"))
				.isEqualTo(details.get("listener"));
			ObjectNode shards = JsonMapper.shared().createObjectNode();
			listener.get("shards")
				.forEach((shard) -> shards.withArray("shards").add(without(shard, "recordsPerSecond")));
			assertThat(shards.get("shards")).isEqualTo(details.get("shards"));
			assertThat(listener.at("/workers/0/here").asBoolean()).isTrue();
			assertThat(listener.at("/workers/0/shards").asInt()).isEqualTo(details.at("/listener/held").asInt());
		});
	}

	private static JsonNode without(JsonNode node, String... names) {
		ObjectNode copy = ((ObjectNode) node).deepCopy();
		copy.remove(List.of(names));
		return copy;
	}

	@Test
	void countsWhatItReadsAndSends() throws Exception {
		int before = ConsoleTestApplication.Listener.received.get();
		try (EventReader events = new EventReader(application)) {
			events.next("state");
			application.send(0, 400);
			await().until(() -> ConsoleTestApplication.Listener.received.get() == before + 400);
			double read = 0;
			double sent = 0;
			double shards = 0;
			for (int second = 0; second < 6; second++) {
				JsonNode state = events.next("state");
				read = Math.max(read, state.at("/listeners/0/recordsPerSecond").asDouble());
				sent = Math.max(sent, state.at("/producer/streams/0/recordsPerSecond").asDouble());
				shards = Math.max(shards,
						events.shards()
							.values()
							.stream()
							.mapToDouble((s) -> s.path("recordsPerSecond").asDouble())
							.sum());
				assertThat(state.at("/producer/bufferSize").asLong()).isEqualTo(64L * 1024 * 1024);
			}
			assertThat(read).isBetween(10.0, 450.0);
			assertThat(sent).isBetween(10.0, 450.0);
			assertThat(shards).isBetween(read - 1, read + 1);
			assertThat(events.next("state").at("/listeners/0/recordsPerSecond").asDouble()).isZero();
		}
	}

	@Test
	void keepsAHistory() throws Exception {
		try (EventReader events = new EventReader(application)) {
			application.send(0, 100);
			JsonNode sample = events.next("sample");
			JsonNode history = application.json("/kinesis/api/history");
			assertThat(history.get("step").asInt()).isEqualTo(5000);
			JsonNode samples = history.get("samples");
			assertThat(samples).contains(sample);
			await().untilAsserted(() -> {
				double written = 0;
				double delivered = 0;
				double sent = 0;
				long last = 0;
				for (JsonNode each : application.json("/kinesis/api/history").get("samples")) {
					assertThat(each.get("time").asLong()).isGreaterThan(last);
					last = each.get("time").asLong();
					written += each.at("/dynamoDb/writeUnitsPerSecond").asDouble();
					delivered += each.at("/listeners/orders/recordsPerSecond").asDouble() * 5;
					sent += each.at("/sent/" + stream + "/recordsPerSecond").asDouble() * 5;
				}
				assertThat(written).isPositive();
				assertThat(delivered).isGreaterThan(90);
				assertThat(sent).isGreaterThan(90);
			});
		}
	}

	@Test
	void countsFailuresAndShowsThemWithoutPayloads() throws Exception {
		ConsoleTestApplication.Listener.failing = true;
		try (EventReader events = new EventReader(application)) {
			application.send(0, 4);
			String text = "";
			while (!text.contains("the shop is closed")) {
				text = events.next("state").toString() + events.shards();
				assertThat(text).doesNotContain(ConsoleTestApplication.SECRET).doesNotContain("key-");
			}
			JsonNode sample = events.next("sample");
			while (sample.at("/listeners/orders/failuresPerSecond").asDouble() == 0) {
				sample = events.next("sample");
			}
		}
		finally {
			ConsoleTestApplication.Listener.failing = false;
		}
	}

	@Test
	void sendsOnlyWhatChanges() throws Exception {
		try (EventReader events = new EventReader(application)) {
			JsonNode first = events.next("state");
			assertThat(first.at("/listeners/0/shards")).hasSizeGreaterThanOrEqualTo(2);
			JsonNode second = events.next("state");
			while (second.at("/listeners/0").has("shards")) {
				second = events.next("state");
			}
			assertThat(second.at("/listeners/0/changedShards").isArray()).isTrue();
			server.splitShard(stream, server.openShards(stream).get(0));
			Set<String> known = new TreeSet<>(events.shards().keySet());
			while (events.shards().size() < known.size() + 2) {
				assertThat(events.next("state")).isNotNull();
			}
			await().untilAsserted(() -> {
				events.next("state");
				JsonNode whole = application.json("/kinesis/api/state").at("/listeners/0/shards");
				for (JsonNode shard : whole) {
					assertThat(without(events.shards().get(EventReader.key(shard)), "recordsPerSecond", "checkpoint",
							"millisBehindLatest"))
						.isEqualTo(without(shard, "recordsPerSecond", "checkpoint", "millisBehindLatest"));
				}
			});
		}
	}

	@Test
	void changesWhatTheEndpointChanges() throws Exception {
		String shard = server.openShards(stream).get(0);
		HttpResponse<String> paused = application.change("orders/pause",
				"{\"stream\": \"" + stream + "\", \"shard\": \"" + shard + "\"}");
		assertThat(paused.statusCode()).isEqualTo(200);
		assertThat(JsonMapper.shared().readTree(paused.body()).get("action").asString()).isEqualTo("pause");
		await().untilAsserted(
				() -> assertThat(application.json("/actuator/kinesis").at("/listeners/orders/paused").asInt())
					.isEqualTo(1));
		HttpResponse<String> unknown = application.change("orders/jump", "{}");
		assertThat(unknown.statusCode()).isEqualTo(400);
		assertThat(unknown.body()).contains("is no action");
		assertThat(application.change("orders/pause", "[]").statusCode()).isEqualTo(400);
		assertThat(application.change("orders/pause", "{\"stream\": 1}").statusCode()).isEqualTo(400);
		assertThat(application.change("clicks/pause", "{}").statusCode()).isEqualTo(404);
	}

	@Test
	void refusesWhatNoPageOfItsOwnSends() throws Exception {
		String token = application.token();
		String header = "X-Kinesis-Console";
		assertThat(application.post("orders/pause", "{}").statusCode()).isEqualTo(403);
		assertThat(application.post("orders/pause", "{}", header, "guess").statusCode()).isEqualTo(403);
		assertThat(application.post("orders/pause", "{}", header, token, "Sec-Fetch-Site", "cross-site").statusCode())
			.isEqualTo(403);
		assertThat(application.post("orders/pause", "{}", header, token, "Sec-Fetch-Site", "same-site").statusCode())
			.isEqualTo(403);
		assertThat(application.post("orders/pause", "{}", header, token, "Origin", "http://evil.example").statusCode())
			.isEqualTo(403);
		assertThat(application.json("/actuator/kinesis").at("/listeners/orders/paused").asInt()).isZero();
		String own = application.uri("").toString();
		assertThat(application.post("orders/resume", "{}", header, token, "Origin", own).statusCode()).isEqualTo(200);
		assertThat(application.post("orders/resume", "{}", header, token, "Sec-Fetch-Site", "same-origin").statusCode())
			.isEqualTo(200);
	}

	@Test
	void servesThePageWithAStrictPolicy() throws Exception {
		HttpResponse<String> page = application.get("/kinesis/");
		assertThat(page.headers().firstValue("Content-Security-Policy")).hasValueSatisfying(
				(policy) -> assertThat(policy).startsWith("default-src 'none'; script-src 'self'; style-src 'self'")
					.doesNotContain("unsafe"));
		assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
		assertThat(page.headers().firstValue("Cache-Control")).hasValue("no-store");
		assertThat(page.body()).doesNotContain(" style=").doesNotContainPattern("<script(?![^>]* src=)");
		HttpResponse<String> redirect = application.get("/kinesis");
		assertThat(redirect.statusCode()).isEqualTo(302);
		assertThat(redirect.headers().firstValue("Location")).hasValue("kinesis/");
		HttpResponse<String> library = application.get("/kinesis/lib/uPlot.iife.min.js");
		assertThat(library.statusCode()).isEqualTo(200);
		assertThat(library.headers().firstValue("Content-Type"))
			.hasValueSatisfying((type) -> assertThat(type).contains("javascript"));
		String tag = library.headers().firstValue("ETag").orElseThrow();
		assertThat(application.get("/kinesis/lib/uPlot.iife.min.js", "If-None-Match", tag).statusCode()).isEqualTo(304);
		for (String missing : List.of("lib/nothing.js", "ConsoleApi.class", "lib/..%2fpackage.js",
				"..%2f..%2fconsole%2findex.html", "api/nothing", "lib/")) {
			assertThat(application.get("/kinesis/" + missing).statusCode()).as(missing).isIn(404, 400);
		}
	}

	@Test
	void doesNothingButCountWhileNobodyLooks() throws Exception {
		ConsoleMonitor monitor = application.context().getBean(ConsoleMonitor.class);
		try (EventReader one = new EventReader(application); EventReader other = new EventReader(application)) {
			one.next("state");
			other.next("state");
			assertThat(monitor.tasks()).as("sampling, states and scans for all pages").isEqualTo(3);
		}
		await().untilAsserted(() -> assertThat(monitor.tasks()).as("sampling").isEqualTo(1));
	}

}

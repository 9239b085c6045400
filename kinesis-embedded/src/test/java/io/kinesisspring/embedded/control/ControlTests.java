package io.kinesisspring.embedded.control;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.fault.FaultKind;
import io.kinesisspring.embedded.fault.FaultRule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * {@link Control} over HTTP.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ControlTests {

	private final HttpClient client = HttpClient.newHttpClient();

	private EmbeddedKinesisServer server;

	@BeforeAll
	void start() {
		this.server = EmbeddedKinesisServer.builder().dynamoDb(false).stream("orders", 2).start();
	}

	@AfterAll
	void stop() {
		this.server.close();
	}

	@Test
	void reportsHealth() throws Exception {
		assertThat(send("GET", "health", "").body()).isEqualTo("{\"streams\":1,\"openShards\":2,\"memoryUsed\":0}");
	}

	@Test
	void addsListsAndRemovesFaults() throws Exception {
		HttpResponse<String> added = send("POST", "faults",
				"{\"kind\":\"latency\",\"delayMillis\":50,\"action\":\"PutRecords\",\"stream\":\"orders\","
						+ "\"shard\":\"shardId-000000000001\",\"skip\":1,\"times\":2,\"probability\":0.5,\"seed\":7}");
		assertThat(added.statusCode()).isEqualTo(200);
		FaultRule rule = this.server.faults().list().get(0).rule();
		assertThat(rule).isEqualTo(FaultRule.latency(Duration.ofMillis(50))
			.action("PutRecords")
			.stream("orders")
			.shard("shardId-000000000001")
			.skip(1)
			.times(2)
			.probability(0.5, 7));
		assertThat(send("GET", "faults", "").body()).contains("\"kind\":\"LATENCY\",\"hits\":0");
		assertThat(send("DELETE", "faults", "").body()).isEqualTo("{\"faults\":[]}");
		assertThat(this.server.faults().list()).isEmpty();
	}

	@Test
	void acceptsEveryKindOfFault() throws Exception {
		for (FaultKind kind : FaultKind.values()) {
			assertThat(send("POST", "faults", "{\"kind\":\"" + kind + "\"}").statusCode()).isEqualTo(200);
		}
		assertThat(this.server.faults().list()).extracting((fault) -> fault.rule().kind())
			.containsExactly(FaultKind.values());
		send("DELETE", "faults", "");
		assertThat(send("POST", "faults", "{\"kind\":\"flood\"}").statusCode()).isEqualTo(400);
	}

	@Test
	void movesTheClock() throws Exception {
		long before = this.server.clock().millis();
		send("POST", "clock", "{\"advanceMillis\":60000}");
		assertThat(this.server.clock().millis()).isCloseTo(before + 60000, within(5000L));
		String date = send("POST", "clock", "{\"advanceMillis\":0}").headers().firstValue("Date").orElseThrow();
		assertThat(ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant().toEpochMilli())
			.isCloseTo(before + 60000, within(5000L));
		assertThat(send("POST", "clock", "{\"advanceMillis\":-1}").statusCode()).isEqualTo(400);
	}

	@Test
	void setsLimits() throws Exception {
		assertThat(send("POST", "limits/orders", "{\"reads\":1}").statusCode()).isEqualTo(200);
		assertThat(send("DELETE", "limits/orders", "").statusCode()).isEqualTo(200);
		assertThat(send("POST", "limits/missing", "").statusCode()).isEqualTo(400);
	}

	@Test
	void rejectsUnknownPathsAndMalformedBodies() throws Exception {
		assertThat(send("GET", "weather", "").statusCode()).isEqualTo(404);
		assertThat(send("POST", "faults", "{").statusCode()).isEqualTo(400);
	}

	private HttpResponse<String> send(String method, String path, String body)
			throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(this.server.endpoint().resolve(Control.PREFIX + path))
			.version(HttpClient.Version.HTTP_1_1)
			.method(method, BodyPublishers.ofString(body))
			.build();
		return this.client.send(request, BodyHandlers.ofString());
	}

}

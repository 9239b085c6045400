package io.kinesisspring.embedded.control;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.fault.FaultKind;
import io.kinesisspring.embedded.fault.FaultRule;
import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.embedded.testing.WireProtocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

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

	/**
	 * The names are those of the methods of {@link FaultRule}, and of its kinds.
	 */
	@ParameterizedTest
	@EnumSource(FaultKind.class)
	void acceptsEachSpellingOfAKind(FaultKind kind) throws Exception {
		String words = kind.name().toLowerCase(Locale.ROOT);
		for (String name : List.of(methodFor(kind), words.replace('_', '-'), words, kind.name())) {
			assertThat(send("POST", "faults", "{\"kind\":\"" + name + "\"}").statusCode()).as(name).isEqualTo(200);
		}
		assertThat(this.server.faults().list()).hasSize(4).allMatch((fault) -> fault.rule().kind() == kind);
		send("DELETE", "faults", "");
	}

	private static String methodFor(FaultKind kind) {
		return Stream.of(FaultRule.class.getMethods())
			.map(Method::getName)
			.filter((name) -> name.equalsIgnoreCase(kind.name().replace("_", "")))
			.findFirst()
			.orElseThrow();
	}

	@Test
	void acceptsEachNameInTheReadme() throws Exception {
		List<String> names = Files.readAllLines(Path.of("README.md"))
			.stream()
			.dropWhile((line) -> !line.startsWith("| rule"))
			.takeWhile((line) -> line.startsWith("|"))
			.flatMap((line) -> Pattern.compile("`(\\w+)`").matcher(line.split("\\|")[1]).results())
			.map((match) -> match.group(1))
			.toList();
		assertThat(names).hasSameSizeAs(FaultKind.values());
		for (String name : names) {
			assertThat(send("POST", "faults", "{\"kind\":\"" + name + "\"}").statusCode()).as(name).isEqualTo(200);
		}
		send("DELETE", "faults", "");
	}

	@Test
	void listsTheKindsIfAKindIsUnknownOrMissing() throws Exception {
		HttpResponse<String> unknown = send("POST", "faults", "{\"kind\":\"flood\"}");
		assertThat(unknown.statusCode()).isEqualTo(400);
		assertThat(unknown.body()).contains("throttle, internalFailure, accessDenied", "silenceSubscription",
				"but is 'flood'");
		assertThat(send("POST", "faults", "{}").body()).contains("throttle, internalFailure", "but is missing");
		assertThat(this.server.faults().list()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/_embedded/", "/_embedded", "/_embedded?pretty" })
	void listsItsPathsAndKinds(String path) throws Exception {
		HttpResponse<String> index = send("GET", path, "");
		assertThat(index.statusCode()).isEqualTo(200);
		assertThat(index.body()).contains("{\"method\":\"POST\",\"path\":\"/_embedded/faults\"",
				"{\"method\":\"DELETE\",\"path\":\"/_embedded/limits/{stream}\"",
				"\"faultKinds\":[\"throttle\",\"internalFailure\"");
		String readme = Files.readString(Path.of("README.md"));
		for (ControlRequest request : ControlRequest.values()) {
			assertThat(readme).contains("`" + request.method() + " " + Control.PREFIX + request.path());
		}
	}

	@Test
	void namesTheMethodsOfAPath() throws Exception {
		HttpResponse<String> answer = send("PUT", "faults", "{}");
		assertThat(answer.statusCode()).isEqualTo(405);
		assertThat(answer.body()).contains("/_embedded/faults accepts POST, GET, DELETE and not PUT");
		assertThat(send("DELETE", "clock", "").statusCode()).isEqualTo(405);
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
	void letsOnDemandStreamsScale() throws Exception {
		this.server.createStream("visits:1:on-demand");
		assertThat(send("POST", "scaling", "{\"delayMillis\":0,\"maxShards\":3}").body())
			.isEqualTo("{\"enabled\":true}");
		write("visits");
		assertThat(this.server.openShards("visits")).hasSize(2);
		// Two writes count together if they fall into one second
		await().until(() -> {
			write("visits");
			return this.server.openShards("visits").size() == 3;
		});
		assertThat(send("DELETE", "scaling", "").body()).isEqualTo("{\"enabled\":false}");
		this.server.createStream("returns:1:on-demand");
		write("returns");
		assertThat(this.server.openShards("returns")).hasSize(1);
		HttpResponse<String> answer = send("POST", "scaling", "{\"delayMillis\":-1}");
		assertThat(answer.statusCode()).isEqualTo(400);
		assertThat(answer.body()).contains("'delay' must be from 0 to 30 days");
		this.server.deleteStream("visits");
		this.server.deleteStream("returns");
	}

	private void write(String stream) {
		try (KinesisAsyncClient kinesis = KinesisClients.withoutRetries(this.server.endpoint(), WireProtocol.CBOR,
				Protocol.HTTP2)) {
			kinesis
				.putRecord((put) -> put.streamName(stream)
					.partitionKey("key")
					.data(SdkBytes.fromByteArray(new byte[1_000_000])))
				.join();
		}
	}

	@Test
	void rejectsUnknownPathsAndMalformedBodies() throws Exception {
		HttpResponse<String> unknown = send("GET", "weather", "");
		assertThat(unknown.statusCode()).isEqualTo(404);
		assertThat(unknown.body()).contains("There is no /_embedded/weather", "GET /_embedded/ lists");
		assertThat(send("GET", "health/of/it", "").statusCode()).isEqualTo(404);
		assertThat(send("POST", "faults", "{").statusCode()).isEqualTo(400);
	}

	private HttpResponse<String> send(String method, String path, String body)
			throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(this.server.endpoint().resolve(Control.PREFIX).resolve(path))
			.version(HttpClient.Version.HTTP_1_1)
			.method(method, BodyPublishers.ofString(body))
			.build();
		return this.client.send(request, BodyHandlers.ofString());
	}

}

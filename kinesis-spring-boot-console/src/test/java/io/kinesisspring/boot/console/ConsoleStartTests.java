package io.kinesisspring.boot.console;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.embedded.EmbeddedKinesisServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for where the console is, and where it cannot be.
 */
@Timeout(180)
class ConsoleStartTests {

	private static EmbeddedKinesisServer server;

	private static String stream;

	@BeforeAll
	static void startServer() {
		server = EmbeddedKinesisServer.builder().start();
		stream = ConsoleTestApplication.newStream(server, 1);
	}

	@AfterAll
	static void stopServer() {
		server.close();
	}

	@Test
	void isOffByDefault() throws Exception {
		try (ConsoleTestApplication application = ConsoleTestApplication.start(server, stream,
				"kinesis.console.enabled=")) {
			assertThat(application.get("/kinesis/").statusCode()).isEqualTo(404);
			assertThat(application.context().getBeanDefinitionNames())
				.noneMatch((name) -> name.contains("kinesisConsole") || name.contains("KinesisConsole"));
		}
	}

	@Test
	void isOffWhereAllOfKinesisIs() throws Exception {
		try (ConsoleTestApplication application = ConsoleTestApplication.start(server, stream, "kinesis.enabled=false",
				"management.endpoints.web.exposure.include=*")) {
			assertThat(application.get("/kinesis/").statusCode()).isEqualTo(404);
		}
	}

	@Test
	void isOnThePortOfTheEndpoints() throws Exception {
		try (ConsoleTestApplication application = ConsoleTestApplication.start(server, stream,
				"management.server.port=0", "kinesis.console.path=/ops/kinesis")) {
			assertThat(application.json("/ops/kinesis/api/state").get("writable").asBoolean()).isTrue();
			assertThat(application.get("/ops/kinesis/lib/uPlot.iife.min.js").statusCode()).isEqualTo(200);
			String port = application.context().getEnvironment().getRequiredProperty("local.server.port");
			assertThat(application.uri("").getPort()).isNotEqualTo(Integer.parseInt(port));
			assertThat(application.client()
				.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/ops/kinesis/")).build(),
						HttpResponse.BodyHandlers.ofString())
				.statusCode()).isEqualTo(404);
		}
	}

	@Test
	void stopsAtOnceAlthoughPagesAreOpen() throws Exception {
		ConsoleTestApplication application = ConsoleTestApplication.start(server, stream, "management.server.port=0",
				"spring.lifecycle.timeout-per-shutdown-phase=60s");
		try (EventReader events = new EventReader(application)) {
			events.next("state");
			long begun = System.nanoTime();
			application.close();
			assertThat(System.nanoTime() - begun).isLessThan(30_000_000_000L);
			while (events.next("state") != null) {
				assertThat(events.status()).isEqualTo(200);
			}
		}
	}

	@Test
	void isReadOnlyWhereTheEndpointIs() throws Exception {
		try (ConsoleTestApplication application = ConsoleTestApplication.start(server, stream,
				"management.endpoint.kinesis.access=read-only")) {
			assertThat(application.json("/kinesis/api/state").get("writable").asBoolean()).isFalse();
			for (String action : new String[] { "pause", "reset", "preview" }) {
				assertThat(application.change("orders/" + action, "{}").statusCode()).as(action).isEqualTo(403);
				assertThat(application.change("orders/" + action, "{}").body())
					.contains("management.endpoint.kinesis.access");
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "management.endpoints.web.exposure.include=health, management.endpoints.web.exposure.include",
			"management.endpoint.kinesis.access=none, management.endpoint.kinesis.access",
			"kinesis.consumer.enabled=false, kinesis.consumer.enabled",
			"management.server.port=-1, management.server.port",
			"spring.main.web-application-type=none, spring-boot-starter-webmvc",
			"kinesis.console.path=kinesis/, /kinesis" })
	void saysWhatIsMissing(String property, String remedy) {
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> ConsoleTestApplication.start(server, stream, property).close())
			.havingRootCause()
			.isInstanceOfSatisfying(KinesisConfigurationException.class, (ex) -> {
				assertThat(ex.getDescription()).contains("kinesis.console");
				assertThat(ex.getAction()).contains(remedy);
			});
	}

}

package io.kinesisspring.embedded;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.kinesisspring.embedded.store.MovableClock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Starts of an {@link EmbeddedKinesisServer} that fail, of which nothing may be left, and
 * starts in another environment.
 */
@Timeout(120)
class StartingTests {

	private final Set<Thread> before = new HashSet<>(Thread.getAllStackTraces().keySet());

	/**
	 * A thread that is no daemon would keep the JVM from ending.
	 */
	@AfterEach
	void nothingIsLeftRunning() {
		await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
			.filteredOn((thread) -> !this.before.contains(thread))
			.filteredOn((thread) -> thread.getName().matches("(qtp|SQLite|embedded-kinesis).*"))
			.isEmpty());
	}

	@Test
	void namesAPortInUse() throws IOException {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			assertThatIllegalStateException()
				.isThrownBy(() -> EmbeddedKinesisServer.builder()
					.stream("orders", 1)
					.dynamoDb(true)
					.port(taken.getLocalPort())
					.start())
				.withMessageContaining("Could not listen on 127.0.0.1:" + taken.getLocalPort())
				.withMessageContaining("Address already in use")
				.withMessageContaining("0 for a free one");
		}
	}

	@Test
	void namesADynamoDbPortInUse() throws IOException {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			assertThatIllegalStateException()
				.isThrownBy(
						() -> EmbeddedKinesisServer.builder().dynamoDb(true).dynamoDbPort(taken.getLocalPort()).start())
				.withMessageContaining("Could not start DynamoDB Local on 127.0.0.1:" + taken.getLocalPort())
				.withMessageContaining("Address already in use");
		}
	}

	@Test
	void rejectsAStreamWithoutShards() {
		assertThatIllegalArgumentException().isThrownBy(() -> EmbeddedKinesisServer.builder().stream("orders:0"))
			.withMessage("The stream 'orders' must have at least one shard but is given 0");
		assertThatIllegalArgumentException().isThrownBy(() -> EmbeddedKinesisServer.builder().stream("orders", -1))
			.withMessageContaining("'orders'");
		try (EmbeddedKinesisServer server = EmbeddedKinesisServer.builder().dynamoDb(false).start()) {
			assertThatIllegalArgumentException().isThrownBy(() -> server.createStream("orders", 0))
				.withMessageContaining("'orders'");
		}
	}

	@Test
	void rejectsAnInvalidStreamName() {
		assertThatIllegalArgumentException().isThrownBy(() -> EmbeddedKinesisServer.builder().stream("my orders:1"))
			.withMessageContaining("'my orders' is no name of a stream");
		assertThatIllegalArgumentException().isThrownBy(() -> EmbeddedKinesisServer.builder().stream(":1"))
			.withMessageContaining("'' is no name of a stream");
	}

	@Test
	void rejectsTooManyShards() {
		assertThatIllegalStateException()
			.isThrownBy(() -> EmbeddedKinesisServer.builder().shardLimit(2).dynamoDb(true).stream("orders", 3).start())
			.withMessageContaining("The stream 'orders' with 3 shards cannot be created")
			.withMessageContaining("Limit: 2");
	}

	@Test
	void rejectsAStreamThatExists() {
		try (EmbeddedKinesisServer server = EmbeddedKinesisServer.builder()
			.dynamoDb(false)
			.clock(MovableClock.system())
			.stream("orders", 1)
			.start()) {
			assertThatIllegalStateException().isThrownBy(() -> server.createStream("orders", 1))
				.withMessageContaining("already exists");
		}
	}

	@Test
	void namesArgumentsThatAreNotNumbers() {
		assertThatIllegalArgumentException().isThrownBy(() -> EmbeddedKinesisMain.configure("--port", "many"))
			.withMessage("--port must be a number but is 'many'");
	}

	/**
	 * In a process of its own, as a JVM asks once what it prefers.
	 */
	@Test
	void endpointsCanBeReachedWhereIpv6IsPreferred() throws Exception {
		Process process = new ProcessBuilder(System.getProperty("java.home") + File.separator + "bin/java",
				"-Djava.net.preferIPv6Addresses=true", "-cp", System.getProperty("java.class.path"),
				EmbeddedKinesisMain.class.getName(), "--port", "0", "--dynamodb-port", "0")
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
			Map<String, String> properties = new HashMap<>();
			String line = out.readLine();
			while (line != null && properties.size() < 5) {
				if (line.startsWith("kinesis.")) {
					String[] parts = line.split("=", 2);
					properties.put(parts[0], parts[1]);
				}
				line = (properties.size() < 5) ? out.readLine() : null;
			}
			assertThat(status(properties.get("kinesis.endpoint") + "/_embedded/health")).isEqualTo(200);
			assertThat(status(properties.get("kinesis.dynamodb.endpoint"))).isPositive();
		}
		finally {
			process.destroyForcibly().waitFor();
		}
	}

	private static int status(String url) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(URI.create(url)).version(HttpClient.Version.HTTP_1_1).build();
		return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode();
	}

}

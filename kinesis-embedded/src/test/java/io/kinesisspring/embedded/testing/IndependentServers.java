package io.kinesisspring.embedded.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.awaitility.Awaitility;

/**
 * Starts Kinesis servers that this project did not write. They are Node.js programs,
 * installed where the system property {@code kinesis.test.servers} says (see
 * {@code .ci/servers}). Tests that want them are {@link EnabledIfIndependentServers}.
 */
public final class IndependentServers {

	static final String PROPERTY = "kinesis.test.servers";

	private static final Duration START_TIMEOUT = Duration.ofMinutes(2);

	private IndependentServers() {
	}

	/**
	 * Start kinesis-local (kinesis-mock). Streams should stay under 5,000 records.
	 * @param environment more environment variables, such as {@code SHARD_LIMIT}
	 * @return the running server
	 */
	public static IndependentServer kinesisLocal(Map<String, String> environment) {
		Path home = modules().resolve("kinesis-local");
		int port = freePort();
		ProcessBuilder process = new ProcessBuilder("node", "main.js").directory(home.toFile());
		process.environment()
			.putAll(Map.of("KINESIS_MOCK_TLS_PORT", Integer.toString(freePort()), "KINESIS_MOCK_PLAIN_PORT",
					Integer.toString(port), "SHARD_LIMIT", "500", "LOG_LEVEL", "ERROR"));
		for (String change : List.of("CREATE_STREAM", "DELETE_STREAM", "SPLIT_SHARD", "MERGE_SHARDS",
				"UPDATE_SHARD_COUNT", "UPDATE_STREAM_MODE", "REGISTER_STREAM_CONSUMER", "DEREGISTER_STREAM_CONSUMER",
				"START_STREAM_ENCRYPTION", "STOP_STREAM_ENCRYPTION")) {
			process.environment().put(change + "_DURATION", "10ms");
		}
		process.environment().putAll(environment);
		return start(process, port);
	}

	/**
	 * Start kinesis-local with its defaults.
	 * @return the running server
	 */
	public static IndependentServer kinesisLocal() {
		return kinesisLocal(Map.of());
	}

	/**
	 * Start kinesalite. It speaks JSON over HTTP/1.1 only.
	 * @param arguments more arguments, such as {@code --shardLimit}
	 * @return the running server
	 */
	public static IndependentServer kinesalite(String... arguments) {
		int port = freePort();
		ProcessBuilder process = new ProcessBuilder("node",
				modules().resolve("kinesalite").resolve("cli.js").toString(), "--port", Integer.toString(port),
				"--createStreamMs", "10", "--deleteStreamMs", "10", "--updateStreamMs", "10", "--shardLimit", "500");
		process.command().addAll(List.of(arguments));
		return start(process, port);
	}

	private static IndependentServer start(ProcessBuilder builder, int port) {
		builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
		try {
			IndependentServer server = new IndependentServer(builder.start(), URI.create("http://127.0.0.1:" + port));
			awaitReady(server, port);
			return server;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not start " + builder.command(), ex);
		}
	}

	private static void awaitReady(IndependentServer server, int port) {
		try {
			Awaitility.await()
				.atMost(START_TIMEOUT)
				.pollInterval(Duration.ofMillis(50))
				.failFast("The server ended before it listened", () -> !server.isAlive())
				.until(() -> accepts(port));
		}
		catch (RuntimeException ex) {
			server.close();
			throw ex;
		}
	}

	private static boolean accepts(int port) {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static int freePort() {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Path modules() {
		Path modules = Path.of(System.getProperty(PROPERTY, "")).toAbsolutePath().resolve("node_modules");
		if (!Files.isDirectory(modules)) {
			throw new IllegalStateException("There is no " + modules + "; run 'npm ci' in .ci/servers and give that "
					+ "folder by -D" + PROPERTY);
		}
		return modules;
	}

}

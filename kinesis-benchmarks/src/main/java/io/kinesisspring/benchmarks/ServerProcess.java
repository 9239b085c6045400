package io.kinesisspring.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Path;

import io.kinesisspring.embedded.EmbeddedKinesisMain;

/**
 * An embedded server in a process of its own.
 */
final class ServerProcess implements AutoCloseable {

	private static final String ENDPOINT = "kinesis.endpoint=";

	private final Process process;

	private final URI endpoint;

	private final long startMillis;

	private ServerProcess(Process process, URI endpoint, long startMillis) {
		this.process = process;
		this.endpoint = endpoint;
		this.startMillis = startMillis;
	}

	static ServerProcess start() throws IOException {
		long before = System.nanoTime();
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xmx1g", "-cp", System.getProperty("java.class.path"), EmbeddedKinesisMain.class.getName(), "--port",
				"0")
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
		BufferedReader output = process.inputReader();
		String line = output.readLine();
		if (line == null || !line.startsWith(ENDPOINT)) {
			process.destroy();
			throw new IllegalStateException("The server did not start: " + line);
		}
		drain(output);
		return new ServerProcess(process, URI.create(line.substring(ENDPOINT.length())),
				(System.nanoTime() - before) / 1_000_000);
	}

	/**
	 * A server blocks if nobody reads its output.
	 */
	private static void drain(BufferedReader output) {
		Thread thread = new Thread(() -> {
			try {
				output.transferTo(Writer.nullWriter());
			}
			catch (IOException ex) {
				// The process has ended
			}
		}, "server-output");
		thread.setDaemon(true);
		thread.start();
	}

	URI endpoint() {
		return this.endpoint;
	}

	long startMillis() {
		return this.startMillis;
	}

	@Override
	public void close() {
		this.process.destroy();
		this.process.onExit().join();
	}

}

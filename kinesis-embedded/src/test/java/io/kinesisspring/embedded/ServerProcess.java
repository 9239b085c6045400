package io.kinesisspring.embedded;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A server in a process of its own, started as a user starts it.
 */
final class ServerProcess implements AutoCloseable {

	/** From here on, the JVM warns about the native library of DynamoDB Local. */
	private static final int WARNS_ABOUT_NATIVE_ACCESS = 24;

	private static final int PROPERTIES = 5;

	private static final long TIMEOUT_SECONDS = 300;

	private final Process process;

	private final Path errors;

	private final BufferedReader output;

	private ServerProcess(Process process, Path errors) {
		this.process = process;
		this.errors = errors;
		this.output = process.inputReader(StandardCharsets.UTF_8);
	}

	/**
	 * Start the main class on the class path of the tests, without the tests' settings.
	 */
	static ServerProcess start(String... arguments) {
		return startWith(List.of("-cp", System.getProperty("java.class.path"), EmbeddedKinesisMain.class.getName()),
				arguments);
	}

	static ServerProcess startWith(List<String> java, String... arguments) {
		return start(List.of(), java, arguments);
	}

	/**
	 * Start a process that writes no file that is larger than about this.
	 */
	static ServerProcess startLimited(int kilobytes, List<String> java, String... arguments) {
		return start(List.of("/bin/bash", "-c", "ulimit -f " + kilobytes + " && exec \"$@\"", "bash"), java, arguments);
	}

	private static ServerProcess start(List<String> shell, List<String> java, String... arguments) {
		List<String> command = new ArrayList<>(shell);
		command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
		command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
		if (Runtime.version().feature() >= WARNS_ABOUT_NATIVE_ACCESS) {
			command.add("--enable-native-access=ALL-UNNAMED");
		}
		command.addAll(java);
		command.addAll(List.of(arguments));
		try {
			Path errors = Files.createTempFile("server", ".err");
			errors.toFile().deleteOnExit();
			return new ServerProcess(new ProcessBuilder(command).redirectError(errors.toFile()).start(), errors);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Read the properties that the process prints once it listens.
	 */
	Map<String, String> properties() {
		Map<String, String> properties = new LinkedHashMap<>();
		readLines(PROPERTIES).forEach((line) -> {
			String[] parts = line.split("=", 2);
			properties.put(parts[0], (parts.length > 1) ? parts[1] : "");
		});
		return properties;
	}

	List<String> readLines(int count) {
		List<String> lines = new ArrayList<>();
		try {
			String line = this.output.readLine();
			while (line != null) {
				lines.add(line);
				line = (lines.size() < count) ? this.output.readLine() : null;
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		if (lines.size() < count) {
			throw new IllegalStateException("The process printed " + lines + " and " + errors());
		}
		return lines;
	}

	URI endpoint() {
		return URI.create(properties().getOrDefault("kinesis.endpoint", ""));
	}

	Stream<String> remainingLines() {
		return this.output.lines();
	}

	List<String> errors() {
		try {
			return Files.readAllLines(this.errors, StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Wait for the process to end by itself.
	 */
	int exitCode() throws InterruptedException {
		if (!this.process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
			throw new IllegalStateException("The process goes on");
		}
		return this.process.exitValue();
	}

	/**
	 * End the process as {@code kill} does, and keep its output.
	 */
	void terminate() throws InterruptedException {
		this.process.toHandle().destroy();
		this.process.waitFor();
	}

	/**
	 * End the process as {@code kill -9} does.
	 */
	void kill() {
		try {
			this.process.destroyForcibly().waitFor();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		kill();
	}

}

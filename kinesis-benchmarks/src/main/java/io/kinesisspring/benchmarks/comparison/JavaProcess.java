package io.kinesisspring.benchmarks.comparison;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import io.kinesisspring.benchmarks.driver.Waiting;

/**
 * A JVM that starts and ends with a measurement.
 */
final class JavaProcess implements AutoCloseable {

	private static final String FIGURE = "@";

	private static final Duration GRACE = Duration.ofSeconds(5);

	private final Process process;

	private JavaProcess(Process process) {
		this.process = process;
		Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
	}

	static JavaProcess java(Path log, String heap, String classPath, List<String> more) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.add("-Xmx" + heap);
		// A compiler's thread that ended would take with it what it has used
		command.add("-XX:-UseDynamicNumberOfCompilerThreads");
		command.addAll(List.of("-cp", classPath));
		command.addAll(more);
		return start(log, command);
	}

	static JavaProcess start(Path log, List<String> command) {
		ProcessBuilder builder = new ProcessBuilder(command)
			.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
		builder.environment().put("AWS_EC2_METADATA_DISABLED", "true");
		builder.environment().put("DDB_LOCAL_TELEMETRY", "0");
		try {
			return new JavaProcess(builder.start());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Read the properties that a server prints first.
	 * @param name the last of them
	 * @return all up to then
	 */
	Map<String, String> properties(String name) {
		Map<String, String> properties = new TreeMap<>();
		BufferedReader output = this.process.inputReader();
		try {
			for (String line = output.readLine(); line != null; line = output.readLine()) {
				int equals = line.indexOf('=');
				if (equals > 0) {
					properties.put(line.substring(0, equals), line.substring(equals + 1));
				}
				if (properties.containsKey(name)) {
					drain(output);
					return properties;
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		throw new IllegalStateException("The process has ended and not printed " + name);
	}

	/**
	 * Read the output, so that a full pipe blocks no process.
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

	/**
	 * Await the end of a driver.
	 * @return its figures
	 */
	Map<String, Double> figures() {
		Map<String, Double> figures = new TreeMap<>();
		this.process.inputReader().lines().filter((line) -> line.startsWith(FIGURE)).forEach((line) -> {
			int equals = line.indexOf('=');
			figures.put(line.substring(FIGURE.length(), equals), Double.valueOf(line.substring(equals + 1)));
		});
		return figures;
	}

	boolean hasFailed() {
		return this.process.onExit().join().exitValue() != 0;
	}

	void watch(long seconds) {
		this.process.onExit().orTimeout(seconds, TimeUnit.SECONDS).exceptionally((ex) -> {
			this.process.destroyForcibly();
			return this.process;
		});
	}

	/**
	 * Stop a driver.
	 */
	void endInput() {
		try {
			this.process.getOutputStream().close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	void kill() {
		this.process.destroyForcibly();
	}

	@Override
	public void close() {
		this.process.destroy();
		boolean ended = Waiting.until(() -> !this.process.isAlive(), GRACE);
		if (!ended) {
			this.process.destroyForcibly();
		}
	}

}

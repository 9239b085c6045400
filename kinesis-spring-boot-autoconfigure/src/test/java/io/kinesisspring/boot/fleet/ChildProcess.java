package io.kinesisspring.boot.fleet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of its own, with the class path of the tests.
 */
final class ChildProcess implements AutoCloseable {

	private static final int LINES_SHOWN = 60;

	private final String name;

	private final Process process;

	private final Path output;

	private ChildProcess(String name, Process process, Path output) {
		this.name = name;
		this.process = process;
		this.output = output;
	}

	static ChildProcess start(String name, Path directory, List<String> options, Class<?> main, List<String> arguments)
			throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(options);
		command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp",
				System.getProperty("java.class.path"), main.getName()));
		command.addAll(arguments);
		Path output = directory.resolve(name + ".log");
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
		Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
		return new ChildProcess(name, process, output);
	}

	String name() {
		return this.name;
	}

	boolean isAlive() {
		return this.process.isAlive();
	}

	/** {@code kill -9}. */
	void kill() throws InterruptedException {
		this.process.destroyForcibly().waitFor();
	}

	/** {@code SIGTERM}. */
	void terminate() {
		this.process.destroy();
	}

	int awaitEnd() throws InterruptedException {
		if (!this.process.waitFor(1, TimeUnit.MINUTES)) {
			throw new AssertionError(this.name + " does not end");
		}
		return this.process.exitValue();
	}

	/**
	 * Send a signal.
	 * @param signal such as {@code STOP} or {@code CONT}
	 */
	void signal(String signal) throws IOException, InterruptedException {
		int status = new ProcessBuilder("kill", "-" + signal, Long.toString(this.process.pid())).inheritIO()
			.start()
			.waitFor();
		if (status != 0) {
			throw new IllegalStateException("kill -" + signal + " ended with " + status);
		}
	}

	List<String> output() throws IOException {
		return Files.readAllLines(this.output);
	}

	/**
	 * The end of its output, for the message of a failure.
	 */
	String describe() {
		try {
			List<String> lines = output();
			int from = Math.max(0, lines.size() - LINES_SHOWN);
			return "---- " + this.name + (isAlive() ? "" : ", which has ended") + "\n"
					+ String.join("\n", lines.subList(from, lines.size())) + "\n";
		}
		catch (IOException ex) {
			return "---- " + this.name + ": " + ex + "\n";
		}
	}

	/**
	 * A process that has been stopped by a signal is killed as well.
	 */
	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}

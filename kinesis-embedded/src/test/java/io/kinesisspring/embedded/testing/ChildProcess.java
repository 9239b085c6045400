package io.kinesisspring.embedded.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A JVM of its own, with the class path of the tests. It compiles little, since most of
 * its work is its start. If it ends early, the failure shows its output. If it does not
 * get on, the failure shows its threads as well.
 */
public final class ChildProcess implements AutoCloseable {

	/**
	 * A machine that runs other tests at the same time takes minutes for what takes
	 * seconds alone.
	 */
	private static final Duration PATIENCE = Duration.ofMinutes(10);

	private static final int LINES_SHOWN = 60;

	private static final int LINES_WITH_THREADS = 1_000;

	private final String name;

	private final Process process;

	private final Path output;

	private ChildProcess(String name, Process process, Path output) {
		this.name = name;
		this.process = process;
		this.output = output;
	}

	/**
	 * Start a process on the class path of the tests.
	 * @param name its name, which is that of its log as well
	 * @param directory where the log is written
	 * @param options options of the JVM
	 * @param main its main class
	 * @param arguments what the main class is passed
	 * @return the process
	 * @throws IOException if it does not start
	 */
	public static ChildProcess start(String name, Path directory, List<String> options, Class<?> main,
			List<String> arguments) throws IOException {
		return start(name, directory, options, System.getProperty("java.class.path"), main, arguments);
	}

	/**
	 * Start a process on a class path of its own.
	 * @param name its name, which is that of its log as well
	 * @param directory where the log is written
	 * @param options options of the JVM
	 * @param classPath its class path
	 * @param main its main class
	 * @param arguments what the main class is passed
	 * @return the process
	 * @throws IOException if it does not start
	 */
	public static ChildProcess start(String name, Path directory, List<String> options, String classPath, Class<?> main,
			List<String> arguments) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
		command.addAll(options);
		command.addAll(List.of("-cp", classPath, main.getName()));
		command.addAll(arguments);
		Path output = directory.resolve(name + ".log");
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
		Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
		return new ChildProcess(name, process, output);
	}

	/**
	 * Return its name.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Return whether it runs.
	 * @return whether it runs
	 */
	public boolean isAlive() {
		return this.process.isAlive();
	}

	/**
	 * {@code kill -9}.
	 * @throws InterruptedException if the thread is interrupted
	 */
	public void kill() throws InterruptedException {
		this.process.destroyForcibly().waitFor();
	}

	/** {@code SIGTERM}. */
	public void terminate() {
		this.process.destroy();
	}

	/**
	 * Wait until it has done something.
	 * @param condition whether it has
	 * @throws AssertionError if it ends before, or does not get there
	 */
	public void await(Callable<Boolean> condition) {
		boolean[] met = new boolean[1];
		try {
			Awaitility.await().atMost(PATIENCE).until(() -> {
				boolean alive = isAlive();
				met[0] = condition.call();
				return met[0] || !alive;
			});
		}
		catch (ConditionTimeoutException ex) {
			throw new AssertionError(this.name + " does not get on\n" + describeWithThreads(), ex);
		}
		if (!met[0]) {
			throw new AssertionError(this.name + " has ended too early\n" + describe());
		}
	}

	/**
	 * Wait until it has ended.
	 * @return its exit code
	 * @throws InterruptedException if the thread is interrupted
	 * @throws AssertionError if it does not end
	 */
	public int awaitEnd() throws InterruptedException {
		if (!this.process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
			throw new AssertionError(this.name + " does not end\n" + describeWithThreads());
		}
		return this.process.exitValue();
	}

	/**
	 * Send a signal.
	 * @param signal such as {@code STOP} or {@code CONT}
	 * @throws IOException if it cannot be sent
	 * @throws InterruptedException if the thread is interrupted
	 */
	public void signal(String signal) throws IOException, InterruptedException {
		int status = new ProcessBuilder("kill", "-" + signal, Long.toString(this.process.pid())).inheritIO()
			.start()
			.waitFor();
		if (status != 0) {
			throw new IllegalStateException("kill -" + signal + " ended with " + status);
		}
	}

	/**
	 * Return what it has printed.
	 * @return the lines
	 * @throws IOException if its log cannot be read
	 */
	public List<String> output() throws IOException {
		return Files.readAllLines(this.output);
	}

	/**
	 * Return the end of its output, for the message of a failure.
	 * @return the text
	 */
	public String describe() {
		return describe(LINES_SHOWN);
	}

	private String describe(int shown) {
		try {
			List<String> lines = output();
			int from = Math.max(0, lines.size() - shown);
			return "---- " + this.name + (isAlive() ? "" : ", which has ended") + "\n"
					+ String.join("\n", lines.subList(from, lines.size())) + "\n";
		}
		catch (IOException ex) {
			return "---- " + this.name + ": " + ex + "\n";
		}
	}

	/**
	 * A JVM prints its threads when it gets this signal.
	 */
	private String describeWithThreads() {
		try {
			signal("QUIT");
			Awaitility.await().ignoreExceptions().until(() -> String.join("\n", output()).contains("JNI global refs"));
		}
		catch (IOException | ConditionTimeoutException ex) {
			return describe() + ex;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return describe(LINES_WITH_THREADS);
	}

	/**
	 * A process that has been stopped by a signal is killed as well.
	 */
	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}

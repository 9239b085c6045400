package io.kinesisspring.benchmarks.driver;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * What the JVM's own threads have used of the processor, as Linux counts it; nothing on
 * other systems.
 */
final class JvmThreads {

	private static final Path TASKS = Path.of("/proc/self/task");

	/** The kernel counts in hundredths of a second, whatever its own clock is. */
	private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	/** Where the user's and the system's time are behind the thread's name. */
	private static final int USER = 11;

	private static final int SYSTEM = 12;

	private JvmThreads() {
	}

	static long compilers() {
		return sum((name) -> name.startsWith("C1 ") || name.startsWith("C2 "));
	}

	static long collector() {
		return sum((name) -> name.startsWith("GC ") || name.startsWith("G1 "));
	}

	private static long sum(Predicate<String> names) {
		long ticks = 0;
		try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
			for (Path task : tasks) {
				ticks += ticks(task.resolve("stat"), names);
			}
		}
		catch (IOException ex) {
			return 0;
		}
		return ticks * TICK_NANOS;
	}

	private static long ticks(Path stat, Predicate<String> names) {
		try {
			String line = Files.readString(stat);
			int end = line.lastIndexOf(')');
			if (!names.test(line.substring(line.indexOf('(') + 1, end))) {
				return 0;
			}
			String[] fields = line.substring(end + 2).split(" ");
			return Long.parseLong(fields[USER]) + Long.parseLong(fields[SYSTEM]);
		}
		catch (IOException ex) {
			// The thread has ended
			return 0;
		}
	}

}

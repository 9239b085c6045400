package io.kinesisspring.benchmarks.driver;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Writes what has been measured to the standard output, a figure a line.
 */
final class Figures {

	/** What a line starts with that is a figure and no log. */
	static final String MARK = "@";

	private Figures() {
	}

	static void write(String name, double value) {
		System.out.printf(Locale.ROOT, "%s%s=%.6f%n", MARK, name, value);
		System.out.flush();
	}

	static void write(Reading from, Reading to, long records) {
		double seconds = (to.nanos() - from.nanos()) / 1e9;
		double count = Math.max(1, records);
		write("records", records);
		write("records-per-second", records / seconds);
		double compilers = to.compilerNanos() - from.compilerNanos();
		write("cpu-seconds-per-million", (to.cpuNanos() - from.cpuNanos() - compilers) / 1e9 / count * 1e6);
		write("collector-cpu-seconds-per-million", (to.collectorNanos() - from.collectorNanos()) / 1e9 / count * 1e6);
		write("compiler-cpu-seconds", to.compilerNanos() / 1e9);
		write("bytes-allocated-per-record", (to.allocated() - from.allocated()) / count);
		write("kinesis-calls-per-thousand", (to.kinesisCalls() - from.kinesisCalls()) / count * 1e3);
		write("dynamodb-calls", to.dynamoDbCalls() - from.dynamoDbCalls());
	}

	/**
	 * Write what the whole process has used.
	 */
	static void writeWhole() {
		write("peak-memory-mib", peakKibibytes() / 1024.0);
		write("peak-threads", ManagementFactory.getThreadMXBean().getPeakThreadCount());
		write("dynamodb-calls-whole", CountingInterceptor.of("DynamoDb"));
		write("kinesis-calls-whole", CountingInterceptor.of("Kinesis"));
	}

	static double secondsSinceStart() {
		return (System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime()) / 1e3;
	}

	private static double peakKibibytes() {
		ProcessHandle self = ProcessHandle.current();
		return Stream.concat(Stream.of(self), self.descendants())
			.map((process) -> Path.of("/proc", Long.toString(process.pid()), "status"))
			.mapToDouble(Figures::peakKibibytes)
			.sum();
	}

	private static double peakKibibytes(Path status) {
		try (Stream<String> lines = Files.lines(status)) {
			return lines.filter((line) -> line.startsWith("VmHWM:"))
				.mapToDouble((line) -> Double.parseDouble(line.replaceAll("\\D", "")))
				.findFirst()
				.orElse(Double.NaN);
		}
		catch (IOException ex) {
			return Double.NaN;
		}
	}

}

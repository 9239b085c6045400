package io.kinesisspring.benchmarks.driver;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps each of a known number of latencies. Thread-safe while they are added.
 */
final class Latencies {

	private final long[] micros;

	private final AtomicInteger count = new AtomicInteger();

	Latencies(int most) {
		this.micros = new long[most];
	}

	void add(long latencyMicros) {
		int next = this.count.getAndIncrement();
		if (next < this.micros.length) {
			this.micros[next] = latencyMicros;
		}
	}

	boolean isFull() {
		return this.count.get() >= this.micros.length;
	}

	void write(String name) {
		long[] sorted = Arrays.copyOf(this.micros, Math.min(this.count.get(), this.micros.length));
		Arrays.sort(sorted);
		if (sorted.length > 0) {
			Figures.write(name + "-p50-ms", percentile(sorted, 0.5));
			Figures.write(name + "-p99-ms", percentile(sorted, 0.99));
			Figures.write(name + "-p999-ms", percentile(sorted, 0.999));
		}
	}

	private static double percentile(long[] sorted, double part) {
		return sorted[(int) Math.min(sorted.length - 1, Math.floor(part * sorted.length))] / 1e3;
	}

}

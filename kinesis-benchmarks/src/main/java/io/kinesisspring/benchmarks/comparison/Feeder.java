package io.kinesisspring.benchmarks.comparison;

import java.time.Duration;

import io.kinesisspring.benchmarks.driver.Waiting;

/**
 * Puts a thousand records a second into a stream until it is stopped.
 */
final class Feeder implements AutoCloseable {

	private static final long PAUSE_NANOS = Duration.ofMillis(10).toNanos();

	private static final int RECORDS_A_PUT = 10;

	private final TestStream stream;

	private final int bytes;

	private final Thread thread = new Thread(this::feed, "feeder");

	private volatile boolean stopped;

	private volatile long records;

	Feeder(TestStream stream, int bytes) {
		this.stream = stream;
		this.bytes = bytes;
		this.thread.start();
	}

	private void feed() {
		long next = System.nanoTime();
		while (!this.stopped) {
			Waiting.untilNanos(next);
			next += PAUSE_NANOS;
			this.stream.put(this.records, RECORDS_A_PUT, this.bytes);
			this.records = this.records + RECORDS_A_PUT;
		}
	}

	/**
	 * Stop.
	 * @return how many records have been put
	 */
	long stop() {
		close();
		return this.records;
	}

	@Override
	public void close() {
		this.stopped = true;
		try {
			this.thread.join();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}

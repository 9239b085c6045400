package io.kinesisspring.lease;

import java.time.Duration;

import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.FullJitter;

/**
 * The back-off before a retry: it grows with each failure, and is random, so that workers
 * that fail at the same moment do not retry at the same moment. Confined to the
 * coordinator's loop.
 */
final class RetryBackOff {

	private static final Duration SHORTEST = Duration.ofMillis(100);

	private static final Duration FIRST = Duration.ofMillis(500);

	private static final Duration LONGEST = Duration.ofSeconds(15);

	private final FullJitter jitter;

	private int failures;

	RetryBackOff(EventLoop loop) {
		this.jitter = new FullJitter(FIRST, LONGEST, loop.random());
	}

	/**
	 * Record one more failure.
	 * @return the delay before the next attempt
	 */
	Duration next() {
		return SHORTEST.plusNanos(this.jitter.pauseNanos(++this.failures));
	}

	void succeeded() {
		this.failures = 0;
	}

	/**
	 * The number of failures in a row.
	 */
	int failures() {
		return this.failures;
	}

}

package io.kinesisspring.listener;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Limits how many failures of a shard are logged, and counts the others. If every record
 * fails, a line for each would flood the log. Thread-safe.
 */
final class FailureLog {

	private static final int LIMIT = 5;

	private final AtomicInteger remaining = new AtomicInteger(LIMIT);

	private final AtomicInteger suppressed = new AtomicInteger();

	/**
	 * Whether a failure may be logged. Otherwise it is counted.
	 */
	boolean permits() {
		boolean permitted = this.remaining.getAndUpdate((now) -> Math.max(0, now - 1)) > 0;
		if (!permitted) {
			this.suppressed.incrementAndGet();
		}
		return permitted;
	}

	/**
	 * Permit more failures after some time, or only one if the shard continues to fail.
	 * @return how many failures have not been logged since the last call
	 */
	int reset() {
		int suppressedBefore = this.suppressed.getAndSet(0);
		this.remaining.set((suppressedBefore > 0) ? 1 : LIMIT);
		return suppressedBefore;
	}

}

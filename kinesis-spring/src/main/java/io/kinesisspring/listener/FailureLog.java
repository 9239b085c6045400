package io.kinesisspring.listener;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets the log have some of a shard's failures, and the number of the others: where every
 * record fails, a line for each would be the next problem. Thread-safe.
 */
final class FailureLog {

	private static final int LIMIT = 5;

	private final AtomicInteger remaining = new AtomicInteger(LIMIT);

	private final AtomicInteger suppressed = new AtomicInteger();

	/**
	 * Whether a failure may be told of; it is counted if not.
	 */
	boolean permits() {
		boolean permitted = this.remaining.getAndUpdate((now) -> Math.max(0, now - 1)) > 0;
		if (!permitted) {
			this.suppressed.incrementAndGet();
		}
		return permitted;
	}

	/**
	 * Some time has passed: let it have some more, or one if the shard goes on to fail.
	 * @return how many failures have not been told of since the last time
	 */
	int reset() {
		int suppressedBefore = this.suppressed.getAndSet(0);
		this.remaining.set((suppressedBefore > 0) ? 1 : LIMIT);
		return suppressedBefore;
	}

}

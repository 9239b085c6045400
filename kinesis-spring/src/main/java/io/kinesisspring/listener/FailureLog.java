package io.kinesisspring.listener;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets the log have some of a shard's failures, and the number of the others: where every
 * record fails, a line for each would be the next problem. Thread-safe.
 */
final class FailureLog {

	private static final int MOST = 5;

	private final AtomicInteger left = new AtomicInteger(MOST);

	private final AtomicInteger untold = new AtomicInteger();

	/**
	 * Whether a failure may be told of; it is counted if not.
	 */
	boolean admits() {
		boolean admitted = this.left.getAndUpdate((now) -> Math.max(0, now - 1)) > 0;
		if (!admitted) {
			this.untold.incrementAndGet();
		}
		return admitted;
	}

	/**
	 * Some time has passed: let it have some more, or one if the shard goes on to fail.
	 * @return how many failures have not been told of since the last time
	 */
	int renew() {
		int missed = this.untold.getAndSet(0);
		this.left.set((missed > 0) ? 1 : MOST);
		return missed;
	}

}

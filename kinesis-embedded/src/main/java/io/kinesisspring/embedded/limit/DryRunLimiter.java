package io.kinesisspring.embedded.limit;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits the dry runs on a stream: one a second, whichever actions they are for ("Test
 * your permissions and request inputs with dry run" in the developer guide). Thread-safe.
 *
 * @since 0.1.0
 */
public final class DryRunLimiter {

	private static final long INTERVAL = 1000;

	private final AtomicLong readyAt = new AtomicLong(Long.MIN_VALUE);

	/**
	 * Request a dry run.
	 * @param now the current time in milliseconds
	 * @return whether it may run; it is counted if so
	 */
	public boolean admit(long now) {
		long ready = this.readyAt.get();
		return now >= ready && this.readyAt.compareAndSet(ready, now + INTERVAL);
	}

}

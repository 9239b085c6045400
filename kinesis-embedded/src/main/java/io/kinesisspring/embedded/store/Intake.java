package io.kinesisspring.embedded.store;

import java.util.concurrent.atomic.AtomicInteger;

import io.kinesisspring.embedded.limit.DryRunLimiter;

/**
 * What a stream counts of its calls. Thread-safe.
 *
 * @since 0.1.0
 */
public final class Intake {

	private final AtomicInteger turns = new AtomicInteger();

	private final DryRunLimiter dryRuns = new DryRunLimiter();

	Intake() {
	}

	/**
	 * Count a record that no key sends to a shard.
	 * @return the number of such records before it, which wraps around
	 */
	public int nextTurn() {
		return this.turns.getAndIncrement();
	}

	/**
	 * Return the limiter of dry runs.
	 * @return the limiter
	 */
	public DryRunLimiter dryRuns() {
		return this.dryRuns;
	}

}

package io.kinesisspring.shard;

import java.time.Duration;

import io.kinesisspring.scheduling.EventLoop;

/**
 * How fast a line moves, by those it has served within the last second or two. Confined
 * to the container's loop.
 */
final class LinePace {

	/** Beyond that a small read now is better than a large one later. */
	private static final Duration WORTH_WAITING = Duration.ofSeconds(20);

	private static final long PERIOD_NANOS = Duration.ofSeconds(1).toNanos();

	private final EventLoop loop;

	private long began;

	private int served;

	private int servedBefore;

	LinePace(EventLoop loop) {
		this.loop = loop;
		this.began = loop.nanoTime();
	}

	void served() {
		turn();
		this.served++;
	}

	/**
	 * Whether the line, at its pace, serves all who wait in it soon enough.
	 * @param waiting how many wait
	 */
	boolean isBriskFor(int waiting) {
		turn();
		return Math.max(this.served, this.servedBefore) * WORTH_WAITING.toSeconds() >= waiting;
	}

	private void turn() {
		long periods = (this.loop.nanoTime() - this.began) / PERIOD_NANOS;
		if (periods > 0) {
			this.servedBefore = (periods == 1) ? this.served : 0;
			this.served = 0;
			this.began += periods * PERIOD_NANOS;
		}
	}

}

package io.kinesisspring.shard;

import java.time.Duration;

import io.kinesisspring.scheduling.EventLoop;

/**
 * Measures whether shards that are behind are read faster in turn, a few at a time with
 * large reads, or all at the same time with small reads. A call costs as much as some
 * hundred records. So large reads speed up listeners that are limited by the processor.
 * Listeners that wait for something are faster if many of them run at the same time. The
 * two kinds look the same from outside, but the total throughput shows which way is
 * faster. Confined to the container's loop.
 */
final class ReadConcurrencyTuner {

	/** How long to measure before a change. */
	private static final Duration WINDOW = Duration.ofMillis(1500);

	/**
	 * If listeners need longer than this for a full buffer, the number of calls does not
	 * matter.
	 */
	private static final Duration QUICK = Duration.ofSeconds(4);

	/**
	 * How long to wait after a failed trial, doubled each time.
	 */
	private static final Duration PAUSE = Duration.ofMinutes(1);

	private static final Duration LONGEST_PAUSE = PAUSE.multipliedBy(30);

	/** A trial fails if the throughput falls below this part of the former one. */
	private static final double REQUIRED_SPEED = 0.9;

	/** A result is measured again if the throughput falls below this part of it. */
	private static final double REQUIRED_SPEED_LATER = 0.6;

	private final EventLoop loop;

	private final Runnable onSequentialEnded;

	private Phase phase = Phase.TOGETHER;

	private long windowStart;

	/** When the next trial may start, or when the current trial can be judged. */
	private long notBefore;

	private long pause = PAUSE.toNanos();

	private long release;

	private double bytesPerSecond;

	private double referenceSpeed;

	/**
	 * Start with all shards at the same time.
	 * @param loop the clock
	 * @param onSequentialEnded run when reading in turn ends
	 */
	ReadConcurrencyTuner(EventLoop loop, Runnable onSequentialEnded) {
		this.loop = loop;
		this.onSequentialEnded = onSequentialEnded;
		this.windowStart = loop.nanoTime();
		this.notBefore = this.windowStart;
	}

	/**
	 * Listeners have processed records.
	 * @param bytes the size of the records
	 * @param held the bytes that shards still hold
	 */
	void release(long bytes, long held) {
		this.release += bytes;
		long now = this.loop.nanoTime();
		long elapsed = now - this.windowStart;
		if (elapsed >= WINDOW.toNanos()) {
			this.bytesPerSecond = this.release * 1e9 / elapsed;
			this.windowStart = now;
			this.release = 0;
			proceed(now, held);
		}
	}

	private void proceed(long now, long held) {
		switch (this.phase) {
			case TOGETHER -> {
				if (now - this.notBefore >= 0 && held <= within(QUICK)) {
					this.referenceSpeed = this.bytesPerSecond;
					this.phase = Phase.BEGUN;
					this.notBefore = now + (long) (held / this.bytesPerSecond * 1e9);
				}
			}
			case BEGUN -> {
				if (now - this.notBefore >= 0) {
					this.phase = Phase.TRIED;
				}
			}
			case TRIED -> judge(REQUIRED_SPEED, now);
			case IN_TURN -> judge(REQUIRED_SPEED_LATER, now);
		}
	}

	private void judge(double least, long now) {
		if (this.bytesPerSecond >= this.referenceSpeed * least) {
			this.phase = Phase.IN_TURN;
			this.pause = PAUSE.toNanos();
			this.referenceSpeed = Math.max(this.referenceSpeed, this.bytesPerSecond);
		}
		else {
			this.phase = Phase.TOGETHER;
			this.notBefore = now + this.pause;
			this.pause = Math.min(2 * this.pause, LONGEST_PAUSE.toNanos());
			this.onSequentialEnded.run();
		}
	}

	/**
	 * The size of a read with which each shard is read once within a time.
	 * @param shards the number of shards
	 * @param time the time in which each shard is read once
	 * @return the size in bytes; 0 if all shards are read at the same time
	 */
	long share(int shards, Duration time) {
		return (this.phase != Phase.TOGETHER) ? within(time) / shards : 0;
	}

	private long within(Duration time) {
		return (long) (this.bytesPerSecond * time.toMillis() / 1_000);
	}

	/**
	 * The phases of a measurement.
	 */
	private enum Phase {

		/** All shards are read at the same time. */
		TOGETHER,

		/** Shards are read in turn, while earlier records are still being processed. */
		BEGUN,

		/** Shards are read in turn, and the throughput is measured. */
		TRIED,

		/** Shards are read in turn, because the throughput is at least as high. */
		IN_TURN

	}

}

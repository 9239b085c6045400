package io.kinesisspring.shard;

import java.time.Duration;

import io.kinesisspring.scheduling.EventLoop;

/**
 * Finds out by trying whether shards that are behind are better read in turn, a few of
 * them at a time with large reads, than all at the same time with small ones. A call
 * costs about what some hundred records do, so that large reads make listeners faster
 * that are limited by the processor. Listeners that wait for something are as fast as
 * there are many of them at work. Nobody can tell the one from the other, but all
 * together get on faster or slower. Confined to the container's loop.
 */
final class ReadConcurrencyTuner {

	/** How long to look before anything is changed. */
	private static final Duration WINDOW = Duration.ofMillis(1500);

	/** Who gets done with all there is more slowly makes few calls anyhow. */
	private static final Duration QUICK = Duration.ofSeconds(4);

	/**
	 * How long to leave it at that after a trial that failed; twice as long each time.
	 */
	private static final Duration PAUSE = Duration.ofMinutes(1);

	private static final Duration LONGEST_PAUSE = PAUSE.multipliedBy(30);

	/** Less than that part of what was handled before is a failure. */
	private static final double REQUIRED_SPEED = 0.9;

	/** What has become so much slower since is to be tried anew. */
	private static final double REQUIRED_SPEED_LATER = 0.6;

	private final EventLoop loop;

	private final Runnable onSequentialEnded;

	private Phase phase = Phase.TOGETHER;

	private long windowStart;

	/** When to try, or when what is tried can be judged. */
	private long notBefore;

	private long pause = PAUSE.toNanos();

	private long release;

	private double bytesPerSecond;

	private double referenceSpeed;

	/**
	 * Begin with all at the same time.
	 * @param loop tells the time
	 * @param onSequentialEnded run when turns are given up
	 */
	ReadConcurrencyTuner(EventLoop loop, Runnable onSequentialEnded) {
		this.loop = loop;
		this.onSequentialEnded = onSequentialEnded;
		this.windowStart = loop.nanoTime();
		this.notBefore = this.windowStart;
	}

	/**
	 * Listeners are done with some.
	 * @param bytes how much
	 * @param held how much is held besides
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
	 * How much to read at once so that each of some shards has its turn within a time.
	 * @param shards how many there are
	 * @param time within which all are to be read once
	 * @return a number of bytes; 0 where all are read at the same time
	 */
	long share(int shards, Duration time) {
		return (this.phase != Phase.TOGETHER) ? within(time) / shards : 0;
	}

	private long within(Duration time) {
		return (long) (this.bytesPerSecond * time.toMillis() / 1_000);
	}

	/**
	 * What is done.
	 */
	private enum Phase {

		/** All shards are read at the same time. */
		TOGETHER,

		/** In turn, while what was read before is still being worked on. */
		BEGUN,

		/** In turn, to see how that is. */
		TRIED,

		/** In turn, as it is as good at least. */
		IN_TURN

	}

}

package io.kinesisspring.producer;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.producer.OutgoingRecord.Place;

/**
 * How fast records may go to one shard, and those that wait for their turn. Unlimited
 * until the shard refuses a good part of its records; then at the pace that the service
 * grants every shard, which shrinks by the part that is refused and creeps up again. Not
 * thread-safe.
 */
final class ShardPace {

	/** Released together, so that requests are worth their while. */
	private static final long LUMP = Duration.ofMillis(50).toNanos();

	/** How long to look at the answers before the pace is changed. */
	private static final long WINDOW = Duration.ofMillis(200).toNanos();

	/** How long to wait for answers of which there are few. */
	private static final long LONG_WINDOW = Duration.ofSeconds(2).toNanos();

	private static final int FEW = 10;

	/** Answers to look at before an unlimited shard is limited. */
	private static final int MANY = 100;

	/** The part of refused records that limits a shard: more than other faults cause. */
	private static final double STORM = 0.25;

	/** The part of refused records that a limited shard is slowed down for. */
	private static final double TOLERATED = 0.05;

	private static final double SLOWER = 0.5;

	private static final double FASTER = 0.05;

	/** Of the pace that the service grants: a record a second. */
	private static final double SLOWEST = 0.001;

	private final @Nullable String shard;

	private final Queue<OutgoingRecord> waiting = new PriorityQueue<>(ReadyQueue.TRIED_THEN_OLDEST);

	/** In parts of what the service grants a shard; 0 while there is no limit. */
	private double rate;

	/** Until when the records that have been released take up the shard. */
	private long busyUntil;

	private long windowStart = StreamQueue.NEVER;

	private int taken;

	private int refused;

	ShardPace(@Nullable String shard) {
		this.shard = shard;
	}

	boolean limited() {
		return this.rate > 0;
	}

	void hold(OutgoingRecord record) {
		record.place = Place.BACKOFF;
		this.waiting.add(record);
	}

	/**
	 * When records that wait may go.
	 * @return a moment of the engine's clock, or {@link StreamQueue#NEVER}
	 */
	long nextRelease() {
		return this.waiting.isEmpty() ? StreamQueue.NEVER : this.busyUntil + LUMP;
	}

	/**
	 * Let go those whose turn it is.
	 * @param now by the engine's clock
	 * @param ready takes them
	 */
	void release(long now, Consumer<OutgoingRecord> ready) {
		if (nextRelease() > now) {
			return;
		}
		this.busyUntil = Math.max(this.busyUntil, now - LUMP);
		while (this.busyUntil <= now && !this.waiting.isEmpty()) {
			OutgoingRecord record = this.waiting.remove();
			if (record.place != Place.GONE) {
				charge(ServiceLimits.shardTime(record.bytes()));
				ready.accept(record);
			}
		}
	}

	/**
	 * Let all go.
	 * @param ready takes them
	 */
	void releaseAll(Consumer<OutgoingRecord> ready) {
		this.waiting.stream().filter((record) -> record.place != Place.GONE).forEach(ready);
		this.waiting.clear();
	}

	/**
	 * Take up the shard for a time, or give time back.
	 * @param time what the service needs, in nanoseconds
	 */
	void charge(long time) {
		if (limited()) {
			this.busyUntil += (long) (time / this.rate);
		}
	}

	/**
	 * The shard has answered a record.
	 * @param throttled whether it was refused
	 * @param sentAt when it was sent: what was sent before the pace changed says nothing
	 * about the new one
	 */
	void count(boolean throttled, long sentAt) {
		if (!limited()) {
			this.windowStart = Math.min(this.windowStart, sentAt);
		}
		else if (sentAt < this.windowStart) {
			return;
		}
		if (throttled) {
			this.refused++;
		}
		else {
			this.taken++;
		}
	}

	/**
	 * Change the pace if the answers say so.
	 * @param now by the engine's clock
	 * @return whether the shard is limited from now on
	 */
	boolean review(long now) {
		int answers = this.taken + this.refused;
		if (!limited()) {
			return answers >= MANY && limit((double) this.refused / answers, now);
		}
		long window = (answers < FEW) ? LONG_WINDOW : WINDOW;
		if (answers > 0 && now - this.windowStart >= window) {
			adapt((double) this.refused / answers);
			startWindow(now);
		}
		return false;
	}

	private boolean limit(double refusals, long now) {
		startWindow(now);
		if (refusals <= STORM) {
			return false;
		}
		this.rate = 1;
		this.busyUntil = now;
		return true;
	}

	private void adapt(double refusals) {
		this.rate = (refusals > TOLERATED) ? Math.max(SLOWEST, this.rate * Math.max(SLOWER, 1 - refusals))
				: this.rate + FASTER;
	}

	private void startWindow(long now) {
		this.windowStart = now;
		this.taken = 0;
		this.refused = 0;
	}

	@Override
	public String toString() {
		return (this.shard != null) ? "shard '" + this.shard + "'" : "a shard";
	}

}

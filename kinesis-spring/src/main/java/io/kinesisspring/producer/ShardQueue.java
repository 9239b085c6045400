package io.kinesisspring.producer;

import java.time.Duration;

import io.kinesisspring.producer.ShardTable.ShardRange;

/**
 * The records that wait to be aggregated for one shard, and when the shard takes more.
 * The rate is limited to what the service grants a shard, because an aggregate that is
 * throttled costs more than one that waits. Not thread-safe.
 */
final class ShardQueue {

	/** The time of a quiet shard that is made up for, as the service does. */
	private static final long BURST = Duration.ofMillis(250).toNanos();

	private final ShardRange range;

	private final ReadyQueue ready = new ReadyQueue();

	private final AdaptiveRate rate = new AdaptiveRate(1);

	/** Whether one record has enough others of its key behind it. */
	private boolean fullByKey;

	ShardQueue(ShardRange range) {
		this.range = range;
		this.rate.limitTo(1);
	}

	ShardRange range() {
		return this.range;
	}

	ReadyQueue ready() {
		return this.ready;
	}

	void markFull() {
		this.fullByKey = true;
	}

	/**
	 * Return whether the records fill an aggregate.
	 * @param bytes the size of an aggregate
	 */
	boolean isFull(int bytes) {
		return this.fullByKey || this.ready.bytes() >= bytes;
	}

	/**
	 * Return when the shard takes more.
	 * @return a moment of the engine's clock
	 */
	long acceptsAt() {
		return this.rate.busyUntil();
	}

	/**
	 * Return how long the records keep the shard busy, without those behind others of
	 * their keys.
	 * @param now the time of the engine's clock
	 * @return nanoseconds
	 */
	long busyFor(long now) {
		return Math.max(0, acceptsAt() - now) + this.rate.stretched(ServiceLimits.shardTime(this.ready.bytes()));
	}

	/**
	 * Count data that is sent.
	 * @param bytes the size
	 * @param now the time of the engine's clock
	 */
	void charge(int bytes, long now) {
		this.fullByKey = false;
		this.rate.expireUnused(now - BURST);
		this.rate.charge(ServiceLimits.shardTime(bytes));
	}

	/**
	 * Learn from the result of an aggregate.
	 * @param throttled whether the shard throttled it
	 * @param sentAt when it was sent
	 * @param now the time of the engine's clock
	 */
	void countResult(boolean throttled, long sentAt, long now) {
		this.rate.countResult(throttled, sentAt);
		this.rate.adjust(now);
	}

}

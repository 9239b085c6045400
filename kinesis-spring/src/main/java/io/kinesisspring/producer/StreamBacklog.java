package io.kinesisspring.producer;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * The records of a stream in the engine, and whether they are so many that senders should
 * wait: more than the stream stores within the target delay, while all requests are under
 * way and others are ready; or more than each shard takes within that time. Records that
 * wait for anything else, such as one of several shards or another record of their key,
 * never let senders wait, because records for other shards and of other keys may follow
 * them. Not thread-safe.
 */
final class StreamBacklog {

	/** How long records are counted for the rate. */
	private static final long WINDOW = Duration.ofMillis(100).toNanos();

	/** After this time without saturation the rate is unknown again. */
	private static final long FORGET_AFTER = Duration.ofSeconds(1).toNanos();

	/** After this time without a record that leaves, the rate counts as unknown. */
	private static final long STALLED_AFTER = Duration.ofSeconds(1).toNanos();

	/**
	 * How many times the records in requests may be in the engine, whatever the rate is:
	 * those, and as many that are ready to take their place.
	 */
	private static final int LEAST_GENERATIONS = 2;

	/** What each shard may have of a burst, in target delays. */
	private static final int BURST = 10;

	/** Senders go on below this part of the limit, so that few wake up often. */
	private static final double REOPEN_BELOW = 0.75;

	private final long target;

	private final int leastRecords;

	private final RequestWindow window;

	private final ReadyQueue ready;

	private final @Nullable ShardAggregator shardAggregator;

	private int records;

	/** The records that have left since the window began. */
	private long left;

	private long windowStart;

	/** Whether a record has left since the last look. */
	private boolean moving;

	private long lastLeftAt;

	/** Records that leave in a nanosecond, as long as the rate is known. */
	private double rate;

	private boolean rateKnown;

	private boolean saturated;

	private long lastSaturatedAt;

	private boolean full;

	/** Whether each shard has more than it takes. */
	private boolean shardsFull;

	private long shardsFullAt = Long.MIN_VALUE / 2;

	/**
	 * Create a backlog without records.
	 * @param options the target delay
	 * @param window the requests of the stream
	 * @param ready the records that may be sent by themselves
	 * @param shardAggregator has the other records that may be sent, if there is one
	 */
	StreamBacklog(ProducerOptions options, RequestWindow window, ReadyQueue ready,
			@Nullable ShardAggregator shardAggregator) {
		this.target = options.targetDelay().toNanos();
		this.leastRecords = LEAST_GENERATIONS * options.maxBatchRecords();
		this.window = window;
		this.ready = ready;
		this.shardAggregator = shardAggregator;
	}

	void onAdded() {
		this.records++;
	}

	void onRemoved() {
		this.records--;
		this.left++;
		this.moving = true;
	}

	/**
	 * Judge whether senders should wait.
	 * @param now the time of the engine's clock
	 * @param noRequestLeft whether requests of all streams together are as many as there
	 * may be
	 * @return whether they should
	 */
	boolean isFull(long now, boolean noRequestLeft) {
		if (this.target == 0) {
			return false;
		}
		boolean before = this.saturated;
		this.saturated = isSaturated(now, noRequestLeft);
		if (this.saturated) {
			this.lastSaturatedAt = now;
		}
		if (this.moving) {
			this.lastLeftAt = now;
			this.moving = false;
		}
		if (!this.rateKnown && !before) {
			startWindow(now);
		}
		measureRate(now);
		boolean stalled = now - this.lastLeftAt > STALLED_AFTER;
		this.full = this.rateKnown && this.saturated && !stalled
				&& this.records > (this.full ? REOPEN_BELOW : 1) * limit();
		this.shardsFull = !stalled && areShardsFull(now);
		if (this.shardsFull) {
			this.shardsFullAt = now;
		}
		return this.full || this.shardsFull;
	}

	/**
	 * The rate of a shard need not be measured. A burst is over before each shard has
	 * much of it. While the shards are not known yet, nothing is sent, and what has come
	 * is the first that they get.
	 */
	private boolean areShardsFull(long now) {
		if (this.shardAggregator == null) {
			return false;
		}
		if (now < this.shardAggregator.firstAnswersUntil()) {
			return this.records >= this.leastRecords;
		}
		double delays = this.shardsFull ? REOPEN_BELOW : (now - this.shardsFullAt <= FORGET_AFTER) ? 1 : BURST;
		return this.shardAggregator.keepsEachShardBusyFor((long) (delays * this.target), now);
	}

	private boolean isSaturated(long now, boolean noRequestLeft) {
		if (!noRequestLeft && !this.window.isFull(false)) {
			return false;
		}
		int waiting = this.ready.size();
		if (this.shardAggregator != null) {
			waiting += this.shardAggregator.sendable(now);
		}
		// Half of what is under way, a quarter once senders wait
		return waiting > 0 && waiting >= this.window.records() / (this.full ? 4 : 2);
	}

	/**
	 * Without a known rate, it is measured from the first moment of saturation, until all
	 * requests have been replaced twice: a burst that is over sooner makes nobody wait.
	 */
	private void measureRate(long now) {
		long elapsed = now - this.windowStart;
		if (!this.rateKnown) {
			if (this.saturated && elapsed >= this.target && elapsed > 0
					&& this.left >= LEAST_GENERATIONS * (long) this.window.records()) {
				this.rateKnown = true;
				this.rate = (double) this.left / elapsed;
				startWindow(now);
			}
		}
		else if (now - this.lastSaturatedAt > FORGET_AFTER) {
			this.rateKnown = false;
			startWindow(now);
		}
		else if (elapsed >= WINDOW) {
			this.rate = (this.rate + (double) this.left / elapsed) / 2;
			startWindow(now);
		}
	}

	private void startWindow(long now) {
		this.windowStart = now;
		this.left = 0;
	}

	private double limit() {
		int least = Math.max(this.leastRecords, LEAST_GENERATIONS * this.window.records());
		return Math.max(least, this.rate * this.target);
	}

}

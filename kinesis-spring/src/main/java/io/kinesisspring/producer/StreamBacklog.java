package io.kinesisspring.producer;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * The records of a stream in the engine, and how many more senders may add until they
 * should wait: the stream has more than it stores within the target delay, while all
 * requests are under way and others are ready; or each shard has more than it takes
 * within that time. Records that wait for anything else, such as one of several shards or
 * another record of their key, never let senders wait by themselves, because records for
 * other shards and of other keys may follow them. Not thread-safe.
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

	/**
	 * Senders wait above the greater part of the limit, and go on below the smaller one,
	 * so that few wake up often.
	 */
	private static final double CLOSE_ABOVE = 0.9;

	private static final double REOPEN_BELOW = 0.7;

	/** The size of a record while there is none, in bytes. */
	private static final long TYPICAL_SIZE = 512;

	private final long target;

	private final int leastRecords;

	private final RequestWindow window;

	private final ReadyQueue ready;

	private final @Nullable ShardAggregator shardAggregator;

	private int records;

	/** What all records send, in bytes. */
	private long bytes;

	/** What all records keep in memory, in bytes. */
	private long memory;

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

	void onAdded(OutgoingRecord record) {
		this.records++;
		this.bytes += record.bytes();
		this.memory += record.memory();
	}

	void onRemoved(OutgoingRecord record) {
		this.records--;
		this.bytes -= record.bytes();
		this.memory -= record.memory();
		this.left++;
		this.moving = true;
	}

	/**
	 * Judge whether senders should wait.
	 * @param now the time of the engine's clock
	 * @param noRequestLeft whether requests of all streams together are as many as there
	 * may be
	 * @return the memory of the records that senders may add until this is judged again,
	 * in bytes; {@link SendGate#CLOSED} if they should wait, and {@link SendGate#OPEN} if
	 * nothing limits them
	 */
	long room(long now, boolean noRequestLeft) {
		if (this.target == 0) {
			return SendGate.OPEN;
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
		long room = Math.min(roomInStream(stalled), roomInShards(stalled, now));
		if (room == SendGate.OPEN) {
			return room;
		}
		return (room > 0) ? room * average(this.memory) : SendGate.CLOSED;
	}

	/**
	 * Return how many more records the stream stores within the target delay. While other
	 * things are waited for, senders go on.
	 */
	private long roomInStream(boolean stalled) {
		if (!this.rateKnown || stalled) {
			this.full = false;
			return SendGate.OPEN;
		}
		double limit = limit();
		this.full = this.saturated && this.records > (this.full ? REOPEN_BELOW : CLOSE_ABOVE) * limit;
		if (this.full) {
			return 0;
		}
		return (long) (this.saturated ? limit - this.records : limit);
	}

	/**
	 * Return how many more records all shards take within the target delay. The rate of a
	 * shard need not be measured. A burst is over before each shard has much of it. While
	 * the shards are not known yet, nothing is sent, and what has come is the first that
	 * they get.
	 */
	private long roomInShards(boolean stalled, long now) {
		if (this.shardAggregator == null) {
			return SendGate.OPEN;
		}
		if (now < this.shardAggregator.firstAnswersUntil()) {
			return Math.max(0, this.leastRecords - this.records);
		}
		int shards = this.shardAggregator.shards();
		if (shards == 0 || stalled) {
			this.shardsFull = false;
			return SendGate.OPEN;
		}
		boolean burst = !this.shardsFull && now - this.shardsFullAt > FORGET_AFTER;
		double enough = (burst ? BURST : 1) * this.target + 2 * this.shardAggregator.aggregateTime();
		double busy = this.shardAggregator.eachBusyFor(now);
		this.shardsFull = busy > (this.shardsFull ? REOPEN_BELOW : CLOSE_ABOVE) * enough;
		if (this.shardsFull) {
			this.shardsFullAt = now;
			return 0;
		}
		// A shard takes more than a thousand records a second in aggregates
		double perRecord = ServiceLimits.shardTime(1000 * average(this.bytes)) / 1000.0;
		return (long) Math.ceil((enough - busy) * shards / perRecord);
	}

	/**
	 * Return the size of a record.
	 * @param total the size of all
	 */
	private long average(long total) {
		return (this.records > 0) ? Math.max(1, total / this.records) : TYPICAL_SIZE;
	}

	private boolean isSaturated(long now, boolean noRequestLeft) {
		if (!noRequestLeft && !this.window.isFull(false)) {
			return false;
		}
		int waiting = this.ready.size();
		if (this.shardAggregator != null) {
			waiting += this.shardAggregator.sendable(now);
		}
		// With few keys most records wait behind others, and few are ready
		return waiting > 0 && waiting >= this.window.records() / (this.full ? 10 : 5);
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

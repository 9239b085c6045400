package io.kinesisspring.producer;

import java.time.Duration;

/**
 * The rate at which a shard takes records, as a share of what the service grants it.
 * Shrinks by the share of records that is throttled, and grows again slowly. Not
 * thread-safe.
 */
final class AdaptiveRate {

	/**
	 * How long results are counted before the rate changes: the service counts by the
	 * second.
	 */
	static final long WINDOW = Duration.ofSeconds(1).toNanos();

	/** How long results are counted if there are few. */
	private static final long LONG_WINDOW = Duration.ofSeconds(5).toNanos();

	private static final int FEW_RESULTS = 10;

	/** The throttled share above which a limited rate decreases. */
	private static final double SLOW_DOWN_ABOVE = 0.12;

	/** The throttled share below which a limited rate increases. */
	private static final double SPEED_UP_BELOW = 0.05;

	/**
	 * Send slightly more than the shard accepts, so that this producer keeps its share
	 * among others.
	 */
	private static final double PROBE_FACTOR = 1.1;

	private static final double MIN_FACTOR = 0.1;

	/** The increase after a good second. It doubles with each further one. */
	private static final double INITIAL_INCREASE = 0.05;

	/** The lowest rate, as a share of the granted rate: 20 records a second. */
	private static final double MIN_RATE = 0.02;

	private final double most;

	/** The rate as a share of what the service grants a shard; 0 without a limit. */
	private double rate;

	private double increase = INITIAL_INCREASE;

	/** When the shard has processed the records that were released. */
	private long busyUntil;

	/** Results of records that were sent before do not count. */
	private long windowStart;

	private int acceptedCount;

	private int throttledCount;

	/**
	 * Create a rate without a limit.
	 * @param most how far a limited rate grows, as a share of what the service grants
	 */
	AdaptiveRate(double most) {
		this.most = most;
	}

	/**
	 * Take over what another rate has learned.
	 * @param other the other rate
	 */
	void copyFrom(AdaptiveRate other) {
		this.rate = other.rate;
		this.busyUntil = other.busyUntil;
		this.windowStart = other.windowStart;
	}

	boolean isLimited() {
		return this.rate > 0;
	}

	/**
	 * Return the rate.
	 * @return a multiple of what the service grants a shard, or 0 without a limit
	 */
	double share() {
		return this.rate;
	}

	/**
	 * Limit the rate to a given one.
	 * @param share a multiple of what the service grants a shard
	 */
	void limitTo(double share) {
		this.rate = share;
	}

	/**
	 * Limit the rate to what the service grants, after a pause.
	 * @param from the end of the pause
	 */
	void limitFrom(long from) {
		this.rate = 1;
		this.busyUntil = from;
		startWindow(from);
	}

	void removeLimit() {
		this.rate = 0;
		startWindow(0);
	}

	/**
	 * Return when the shard has processed what was released.
	 * @return a moment of the engine's clock
	 */
	long busyUntil() {
		return this.busyUntil;
	}

	/**
	 * Let unused time expire.
	 * @param since the oldest moment whose time is still good for records
	 */
	void expireUnused(long since) {
		this.busyUntil = Math.max(this.busyUntil, since);
	}

	/**
	 * Use the shard's time, or return it.
	 * @param time the time that the service needs, in nanoseconds
	 */
	void charge(long time) {
		if (isLimited()) {
			this.busyUntil += stretched(time);
		}
	}

	/**
	 * Return how long records take at a limited rate.
	 * @param time the time that the service needs, in nanoseconds
	 */
	long stretched(long time) {
		return (long) (time / this.rate);
	}

	/**
	 * Count the result of a record.
	 * @param throttled whether the shard throttled the record
	 * @param sentAt when the record was sent; results from before the last change do not
	 * count
	 */
	void countResult(boolean throttled, long sentAt) {
		if (isLimited() && sentAt < this.windowStart) {
			return;
		}
		if (throttled) {
			this.throttledCount++;
		}
		else {
			this.acceptedCount++;
		}
	}

	int results() {
		return this.acceptedCount + this.throttledCount;
	}

	double throttledShare() {
		return (double) this.throttledCount / results();
	}

	/**
	 * Change a limited rate if the results call for it.
	 * @param now the time of the engine's clock
	 * @return whether the rate has changed
	 */
	boolean adjust(long now) {
		int results = results();
		long window = (results < FEW_RESULTS) ? LONG_WINDOW : WINDOW;
		if (results == 0 || now - this.windowStart < window) {
			return false;
		}
		adapt(throttledShare());
		startWindow(now);
		return true;
	}

	void startWindow(long start) {
		this.windowStart = start;
		this.acceptedCount = 0;
		this.throttledCount = 0;
	}

	private void adapt(double throttledShare) {
		if (throttledShare > SLOW_DOWN_ABOVE) {
			this.rate = Math.max(MIN_RATE, this.rate * Math.max(MIN_FACTOR, (1 - throttledShare) * PROBE_FACTOR));
			this.increase = INITIAL_INCREASE;
		}
		else if (throttledShare < SPEED_UP_BELOW) {
			this.rate = Math.min(this.most, this.rate + this.rate * this.increase);
			this.increase = Math.min(1, 2 * this.increase);
		}
	}

}

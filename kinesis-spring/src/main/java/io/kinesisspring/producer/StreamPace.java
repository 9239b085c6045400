package io.kinesisspring.producer;

import java.time.Duration;
import java.util.Iterator;

import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

/**
 * Finds the rate for a stream whose records the service distributes. Any shard may store
 * a throttled record when it is sent again, so there is no limit until more records are
 * throttled than stored. Then twice as many are sent as are stored, as long as no fewer
 * are stored because of that: if half of the shards accept nothing, the others still get
 * all that they accept. Not thread-safe.
 */
final class StreamPace {

	/** How long results are counted: the service counts by the second. */
	private static final long WINDOW = Duration.ofSeconds(1).toNanos();

	/** How long results are counted at most if there are few. */
	private static final long LONG_WINDOW = Duration.ofSeconds(5).toNanos();

	/** How long no limit is tried after one that reduced what is stored. */
	private static final long FREE_PERIOD = Duration.ofMinutes(1).toNanos();

	private static final int MIN_RESULTS = 100;

	/** The throttled share above which the rate is limited. */
	private static final double LIMIT_ABOVE = 0.55;

	/** The throttled share below which the rate is not limited any more. */
	private static final double FREE_BELOW = 0.3;

	/** What is sent, as a multiple of what is stored. */
	private static final double SENT_PER_STORED = 2;

	/** The share of what was stored that must be stored under a limit. */
	private static final double KEPT = 0.9;

	/** The rate as a multiple of what the service grants a shard; 0 without a limit. */
	private double rate;

	/** What was stored at best since there is a limit. */
	private double stored;

	private long freeUntil = Long.MIN_VALUE;

	/** Results of records that were sent before do not count. */
	private long windowStart = Long.MIN_VALUE;

	private long storedTime;

	private int storedCount;

	private int throttledCount;

	/**
	 * Return the rate to send with.
	 * @return a multiple of what the service grants a shard, or 0 without a limit
	 */
	double rate() {
		return this.rate;
	}

	/**
	 * Learn from a response.
	 * @param response the response
	 * @param now the time of the engine's clock
	 * @return whether the rate has changed
	 */
	boolean update(Response response, long now) {
		if (this.windowStart == Long.MIN_VALUE) {
			startWindow(now);
		}
		if (response.batch().sentAt() >= this.windowStart) {
			count(response);
		}
		long elapsed = now - this.windowStart;
		int results = this.storedCount + this.throttledCount;
		if (elapsed < WINDOW || (results < MIN_RESULTS && elapsed < LONG_WINDOW)) {
			return false;
		}
		double before = this.rate;
		double storedRate = (double) this.storedTime / elapsed;
		double throttledShare = (results > 0) ? (double) this.throttledCount / results : 0;
		if (before == 0) {
			limit(storedRate, throttledShare, results, now);
		}
		else {
			adapt(storedRate, throttledShare, now);
		}
		startWindow((before == 0 && this.rate > 0) ? now + WINDOW : now);
		return this.rate != before;
	}

	/**
	 * Remove the limit.
	 */
	void reset() {
		this.rate = 0;
		this.freeUntil = Long.MIN_VALUE;
		this.windowStart = Long.MIN_VALUE;
	}

	private void limit(double storedRate, double throttledShare, int results, long now) {
		if (throttledShare > LIMIT_ABOVE && results >= MIN_RESULTS && storedRate > 0 && now >= this.freeUntil) {
			this.stored = storedRate;
			this.rate = SENT_PER_STORED * storedRate;
		}
	}

	private void adapt(double storedRate, double throttledShare, long now) {
		if (storedRate < KEPT * this.stored) {
			this.rate = 0;
			this.freeUntil = now + FREE_PERIOD;
		}
		else if (throttledShare < FREE_BELOW) {
			this.rate = 0;
		}
		else {
			this.stored = Math.max(this.stored, storedRate);
			this.rate = SENT_PER_STORED * storedRate;
		}
	}

	private void count(Response response) {
		Iterator<OutgoingRecord> records = response.batch().records().iterator();
		for (PutRecordsResultEntry result : response.results()) {
			OutgoingRecord record = records.next();
			if (Response.isStored(result)) {
				this.storedCount++;
				this.storedTime += ServiceLimits.shardTime(record.bytesOnTheWire());
			}
			else if (FailureClassifier.isThrottling(result.errorCode())) {
				this.throttledCount++;
			}
		}
	}

	private void startWindow(long start) {
		this.windowStart = start;
		this.storedTime = 0;
		this.storedCount = 0;
		this.throttledCount = 0;
	}

}

package io.kinesisspring.producer;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Limits the rate of records to one shard, and holds the records that wait. There is no
 * limit until the shard throttles a large share of its records. Then the limit is the
 * rate that the service grants a shard. It shrinks by the share that is throttled, and
 * grows again slowly. Not thread-safe.
 */
final class AdaptiveRateLimit {

	private static final Log logger = LogFactory.getLog(AdaptiveRateLimit.class);

	/** Records are released in groups, so that requests are well filled. */
	private static final long RELEASE_INTERVAL = Duration.ofMillis(50).toNanos();

	/**
	 * How long results are counted before the rate changes: the service counts by the
	 * second.
	 */
	private static final long WINDOW = Duration.ofSeconds(1).toNanos();

	/** How long results are counted if there are few. */
	private static final long LONG_WINDOW = Duration.ofSeconds(5).toNanos();

	private static final int FEW_RESULTS = 10;

	/** Results to count before a rate is limited. */
	private static final int MIN_RESULTS_TO_LIMIT = 100;

	/**
	 * The throttled share above which a rate is limited: more than other faults cause.
	 */
	private static final double LIMIT_ABOVE = 0.25;

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

	private final String stream;

	private final @Nullable String shard;

	/** Estimates the bytes that are sent with a record. */
	private final ToIntFunction<OutgoingRecord> size;

	private final Queue<OutgoingRecord> waiting = new PriorityQueue<>(ReadyQueue.TRIED_THEN_OLDEST);

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
	 * Create a limiter without a limit.
	 * @param stream the stream
	 * @param shard the shard, or {@code null} for records whose shard is unknown
	 * @param size estimates the bytes that are sent with a record
	 */
	AdaptiveRateLimit(String stream, @Nullable String shard, ToIntFunction<OutgoingRecord> size) {
		this.stream = stream;
		this.shard = shard;
		this.size = size;
	}

	/**
	 * Create a limiter for a shard that takes over hash keys of this one.
	 * @param successor the shard
	 * @return a limiter with the same rate
	 */
	AdaptiveRateLimit copyFor(String successor) {
		AdaptiveRateLimit rateLimit = new AdaptiveRateLimit(this.stream, successor, this.size);
		rateLimit.rate = this.rate;
		rateLimit.busyUntil = this.busyUntil;
		rateLimit.windowStart = this.windowStart;
		return rateLimit;
	}

	boolean isLimited() {
		return this.rate > 0;
	}

	void delay(OutgoingRecord record) {
		record.moveTo(RecordPlace.DELAYED);
		this.waiting.add(record);
	}

	/**
	 * Return when delayed records may be sent.
	 * @return a moment of the engine's clock, or {@link StreamQueue#NEVER}
	 */
	long nextRelease() {
		return this.waiting.isEmpty() ? StreamQueue.NEVER : this.busyUntil + RELEASE_INTERVAL;
	}

	/**
	 * Release the records that the rate allows now. Each is charged with all records that
	 * are sent with it. Otherwise all keys of a shard would be released at once.
	 * @param now the time of the engine's clock
	 * @param ready accepts the records
	 */
	void release(long now, Consumer<OutgoingRecord> ready) {
		if (nextRelease() > now) {
			return;
		}
		this.busyUntil = Math.max(this.busyUntil, now - RELEASE_INTERVAL);
		while (this.busyUntil <= now && !this.waiting.isEmpty()) {
			OutgoingRecord record = this.waiting.remove();
			if (!record.isRemoved()) {
				record.setChargedBytes(this.size.applyAsInt(record));
				charge(ServiceLimits.shardTime(record.chargedBytes()));
				ready.accept(record);
			}
		}
	}

	/**
	 * Release all delayed records.
	 * @param consumer accepts the records
	 */
	void drain(Consumer<OutgoingRecord> consumer) {
		this.waiting.stream().filter((record) -> !record.isRemoved()).forEach(consumer);
		this.waiting.clear();
	}

	/**
	 * Limit the rate to a given one.
	 * @param share a multiple of what the service grants a shard
	 */
	void limitTo(double share) {
		this.rate = share;
	}

	void removeLimit() {
		this.rate = 0;
		startWindow(0);
	}

	/**
	 * Use the shard's time, or return it.
	 * @param time the time that the service needs, in nanoseconds
	 */
	void charge(long time) {
		if (isLimited()) {
			this.busyUntil += (long) (time / this.rate);
		}
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

	/**
	 * Change the rate if the results call for it.
	 * @param now the time of the engine's clock
	 * @return whether the rate has changed
	 */
	boolean adjust(long now) {
		int results = this.acceptedCount + this.throttledCount;
		if (!isLimited()) {
			return results >= MIN_RESULTS_TO_LIMIT && limitIfThrottled((double) this.throttledCount / results, now);
		}
		long window = (results < FEW_RESULTS) ? LONG_WINDOW : WINDOW;
		if (results == 0 || now - this.windowStart < window) {
			return false;
		}
		adapt((double) this.throttledCount / results);
		startWindow(now);
		return true;
	}

	/**
	 * When the limit begins, the shard has already accepted the records of this second.
	 */
	private boolean limitIfThrottled(double throttledShare, long now) {
		if (throttledShare <= LIMIT_ABOVE) {
			startWindow(now);
			return false;
		}
		this.rate = 1;
		this.busyUntil = now + WINDOW;
		startWindow(this.busyUntil);
		logger.warn(
				this + " accepts fewer records than it is sent (1,000 records and 1 MB a second: add shards or spread "
						+ "the keys). The template limits the rate for that shard");
		return true;
	}

	private void adapt(double throttledShare) {
		if (throttledShare > SLOW_DOWN_ABOVE) {
			this.rate = Math.max(MIN_RATE, this.rate * Math.max(MIN_FACTOR, (1 - throttledShare) * PROBE_FACTOR));
			this.increase = INITIAL_INCREASE;
		}
		else if (throttledShare < SPEED_UP_BELOW) {
			this.rate += this.rate * this.increase;
			this.increase = Math.min(1, 2 * this.increase);
		}
	}

	private void startWindow(long start) {
		this.windowStart = start;
		this.acceptedCount = 0;
		this.throttledCount = 0;
	}

	@Override
	public String toString() {
		return "Stream '" + this.stream + "': " + ((this.shard != null) ? "shard '" + this.shard + "'" : "a shard");
	}

}

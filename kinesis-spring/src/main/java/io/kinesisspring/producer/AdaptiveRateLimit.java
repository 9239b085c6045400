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
 * rate that the service grants a shard, and {@linkplain AdaptiveRate adapts}. Not
 * thread-safe.
 */
final class AdaptiveRateLimit {

	private static final Log logger = LogFactory.getLog(AdaptiveRateLimit.class);

	/** Records are released in groups, so that requests are well filled. */
	private static final long RELEASE_INTERVAL = Duration.ofMillis(50).toNanos();

	/** Results to count before a rate is limited. */
	private static final int MIN_RESULTS_TO_LIMIT = 100;

	/**
	 * The throttled share above which a rate is limited: more than other faults cause.
	 */
	private static final double LIMIT_ABOVE = 0.25;

	private final String stream;

	private final @Nullable String shard;

	/** Estimates the bytes that are sent with a record. */
	private final ToIntFunction<OutgoingRecord> size;

	private final Queue<OutgoingRecord> waiting = new PriorityQueue<>(ReadyQueue.TRIED_THEN_OLDEST);

	private final AdaptiveRate rate = new AdaptiveRate(Double.MAX_VALUE);

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
		rateLimit.rate.copyFrom(this.rate);
		return rateLimit;
	}

	/**
	 * Return the rate, which may be without a limit.
	 */
	AdaptiveRate rate() {
		return this.rate;
	}

	boolean isLimited() {
		return this.rate.isLimited();
	}

	ProducerStatus.ShardPace pace() {
		return new ProducerStatus.ShardPace(this.shard, this.rate.share(), this.waiting.size());
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
		return this.waiting.isEmpty() ? StreamQueue.NEVER : this.rate.busyUntil() + RELEASE_INTERVAL;
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
		this.rate.expireUnused(now - RELEASE_INTERVAL);
		while (this.rate.busyUntil() <= now && !this.waiting.isEmpty()) {
			OutgoingRecord record = this.waiting.remove();
			if (!record.isRemoved()) {
				record.setChargedBytes(this.size.applyAsInt(record));
				this.rate.charge(ServiceLimits.shardTime(record.chargedBytes()));
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
	 * Limit or change the rate if the results call for it.
	 * @param now the time of the engine's clock
	 * @return whether the rate has changed
	 */
	boolean adjust(long now) {
		if (isLimited()) {
			return this.rate.adjust(now);
		}
		return this.rate.results() >= MIN_RESULTS_TO_LIMIT && limitIfThrottled(now);
	}

	/**
	 * When the limit begins, the shard has already accepted the records of this second.
	 */
	private boolean limitIfThrottled(long now) {
		if (this.rate.throttledShare() <= LIMIT_ABOVE) {
			this.rate.startWindow(now);
			return false;
		}
		this.rate.limitFrom(now + AdaptiveRate.WINDOW);
		logger.warn(
				this + " accepts fewer records than it is sent (1,000 records and 1 MB a second: add shards or spread "
						+ "the keys). The template limits the rate for that shard");
		return true;
	}

	@Override
	public String toString() {
		return "Stream '" + this.stream + "': " + ((this.shard != null) ? "shard '" + this.shard + "'" : "a shard");
	}

}

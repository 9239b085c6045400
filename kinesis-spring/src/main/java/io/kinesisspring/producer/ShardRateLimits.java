package io.kinesisspring.producer;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

/**
 * Limits the rate of records to each shard of a stream, so that a hot shard does not slow
 * down the others. Inactive, and without cost, until a record is throttled; inactive
 * again after a minute without throttling. Learns from the responses alone which shard a
 * record belongs to. While inactive, it samples one record of each response. Not
 * thread-safe.
 */
final class ShardRateLimits {

	private static final Log logger = LogFactory.getLog(ShardRateLimits.class);

	private static final long ACTIVE_PERIOD = Duration.ofMinutes(1).toNanos();

	private final ShardMap shards;

	/** Without them the shard of a record is unknown, and no rate is limited. */
	private final @Nullable HashKeys hashKeys;

	/**
	 * Shared by the records whose shard is unknown: by all, if the service distributes
	 * them.
	 */
	private final AdaptiveRateLimit unknownShard;

	private boolean active;

	/** Whether the service distributes the records, so that keys tell no shard. */
	private boolean byService;

	private final StreamPace pace = new StreamPace();

	private final String stream;

	private long lastThrottledAt;

	/** Shards whose rate is limited, as the observer knows it. */
	private int published;

	/**
	 * Create inactive rate limits.
	 * @param stream the stream
	 * @param size estimates the bytes that are sent with a record
	 */
	ShardRateLimits(String stream, ToIntFunction<OutgoingRecord> size) {
		this(stream, size, HashKeys.find());
	}

	ShardRateLimits(String stream, ToIntFunction<OutgoingRecord> size, @Nullable HashKeys hashKeys) {
		if (hashKeys == null) {
			logger.warn("Stream '" + stream + "': this Java platform has no MD5, so the shard of a record is unknown. "
					+ "A hot shard may slow down the others");
		}
		this.stream = stream;
		this.hashKeys = hashKeys;
		this.shards = new ShardMap(stream, size);
		this.unknownShard = new AdaptiveRateLimit(stream, null, size);
	}

	/**
	 * Delay a record if the rate of its shard is limited.
	 * @param record a record that could be sent otherwise
	 * @return whether the record is delayed
	 */
	boolean delay(OutgoingRecord record) {
		if (!this.active) {
			return false;
		}
		AdaptiveRateLimit rateLimit = rateLimitOf(record);
		if (!rateLimit.isLimited()) {
			return false;
		}
		rateLimit.delay(record);
		return true;
	}

	/**
	 * Charge the real size of records that are sent, in place of the estimates.
	 * @param record the first record, which determines the shard
	 * @param size the size of all records together
	 * @param released the records whose estimates were charged
	 */
	void chargeSent(OutgoingRecord record, int size, List<OutgoingRecord> released) {
		if (this.active) {
			rateLimitOf(record).rate().charge(ServiceLimits.shardTime(size));
			for (OutgoingRecord other : released) {
				if (other.chargedBytes() > 0) {
					rateLimitOf(other).rate().charge(-ServiceLimits.shardTime(other.chargedBytes()));
					other.setChargedBytes(0);
				}
			}
		}
	}

	/**
	 * Return when delayed records may be sent.
	 * @return a moment of the engine's clock, or {@link StreamQueue#NEVER}
	 */
	long nextRelease() {
		if (!this.active) {
			return StreamQueue.NEVER;
		}
		long next = this.unknownShard.nextRelease();
		for (AdaptiveRateLimit rateLimit : this.shards.rateLimits()) {
			next = Math.min(next, rateLimit.nextRelease());
		}
		return next;
	}

	void release(long now, Consumer<OutgoingRecord> ready) {
		if (!this.active) {
			return;
		}
		this.unknownShard.release(now, ready);
		this.shards.rateLimits().forEach((rateLimit) -> rateLimit.release(now, ready));
		if (now - this.lastThrottledAt > ACTIVE_PERIOD) {
			deactivate(ready);
		}
	}

	/**
	 * Learn the rates of the shards from a response.
	 * @param response the response
	 * @param now the time of the engine's clock
	 * @return whether rates have changed, so that all waiting records must be queued
	 * again
	 */
	boolean update(Response response, long now) {
		if (this.byService && updatePace(response, now)) {
			return true;
		}
		if (this.hashKeys == null) {
			return false;
		}
		Batch batch = response.batch();
		if (response.throttled() > 0 && !this.byService) {
			this.active = true;
			this.lastThrottledAt = now;
		}
		if (!this.active || this.byService) {
			OutgoingRecord first = batch.records().get(0);
			if (!batch.leavesOutKeyOf(first)) {
				sample(this.hashKeys, first, response.results().get(0));
			}
			return false;
		}
		Iterator<OutgoingRecord> records = batch.records().iterator();
		for (PutRecordsResultEntry result : response.results()) {
			OutgoingRecord record = records.next();
			if (Response.isStored(result)) {
				this.shards.assign(record.hashKey(this.hashKeys), result.shardId())
					.rate()
					.countResult(false, batch.sentAt());
			}
			else if (isThrottled(result)) {
				rateLimitOf(record).rate().countResult(true, batch.sentAt());
			}
		}
		return adjustAll(now);
	}

	private boolean updatePace(Response response, long now) {
		if (response.throttled() > 0) {
			this.lastThrottledAt = now;
		}
		if (!this.pace.update(response, now)) {
			return false;
		}
		boolean limited = this.active;
		this.active = this.pace.rate() > 0;
		this.unknownShard.rate().limitTo(this.pace.rate());
		if (this.active && !limited) {
			logger.warn("Stream '" + this.stream + "' accepts fewer records than it is sent (each shard takes 1,000 "
					+ "records and 1 MB a second). The template limits the rate for the stream");
		}
		return this.active != limited;
	}

	/**
	 * Return whether records are stored where their keys say.
	 * @return the judgment, or {@code null} if there is no new one
	 */
	@Nullable Boolean judgeKeys() {
		return this.shards.judge();
	}

	/**
	 * Limit no shard while the service distributes the records: a throttled record may be
	 * stored by any shard when it is sent again. What is known of the shards is
	 * forgotten.
	 * @param distributes whether the service distributes the records
	 * @param ready accepts the records that are delayed
	 */
	void setByService(boolean distributes, Consumer<OutgoingRecord> ready) {
		this.byService = distributes;
		deactivate(ready);
		this.shards.clear();
	}

	/**
	 * Notify an observer if the number of limited shards has changed.
	 * @param observer the observer
	 */
	void publishLimited(SendObserver observer) {
		int limited = (this.active || this.published > 0) ? countLimited() : 0;
		if (limited != this.published) {
			this.published = limited;
			observer.shardsLimited(this.stream, limited);
		}
	}

	private int countLimited() {
		int limited = this.unknownShard.isLimited() ? 1 : 0;
		for (AdaptiveRateLimit rateLimit : this.shards.rateLimits()) {
			limited += rateLimit.isLimited() ? 1 : 0;
		}
		return limited;
	}

	/**
	 * Return the shards whose rate is limited.
	 */
	List<ProducerStatus.ShardPace> paces() {
		if (!this.active) {
			return List.of();
		}
		return Stream.concat(Stream.of(this.unknownShard), this.shards.rateLimits().stream())
			.filter(AdaptiveRateLimit::isLimited)
			.map(AdaptiveRateLimit::pace)
			.toList();
	}

	/**
	 * Release all delayed records.
	 * @param consumer accepts the records
	 */
	void drain(Consumer<OutgoingRecord> consumer) {
		this.unknownShard.drain(consumer);
		this.shards.rateLimits().forEach((rateLimit) -> rateLimit.drain(consumer));
	}

	private void sample(HashKeys keys, OutgoingRecord record, PutRecordsResultEntry result) {
		if (Response.isStored(result)) {
			this.shards.assign(record.hashKey(keys), result.shardId());
		}
	}

	private boolean adjustAll(long now) {
		boolean changed = this.unknownShard.adjust(now);
		for (AdaptiveRateLimit rateLimit : this.shards.rateLimits()) {
			changed |= rateLimit.adjust(now);
		}
		return changed;
	}

	private void deactivate(Consumer<OutgoingRecord> ready) {
		this.active = false;
		drain(ready);
		this.unknownShard.rate().removeLimit();
		this.pace.reset();
		this.shards.rateLimits().forEach((rateLimit) -> rateLimit.rate().removeLimit());
	}

	private AdaptiveRateLimit rateLimitOf(OutgoingRecord record) {
		AdaptiveRateLimit rateLimit = (this.hashKeys != null && !this.byService)
				? this.shards.rateLimitAt(record.hashKey(this.hashKeys)) : null;
		return (rateLimit != null) ? rateLimit : this.unknownShard;
	}

	private static boolean isThrottled(PutRecordsResultEntry result) {
		return FailureClassifier.isThrottling(result.errorCode());
	}

}

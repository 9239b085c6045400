package io.kinesisspring.producer;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

/**
 * Keeps the records of a stream to what each of its shards takes, so that a hot shard is
 * not stormed and the others do not notice. Looks away, at no cost, until a record is
 * throttled, and again when none has been for a while. Learns from the answers alone,
 * from one record of each at other times, which shard a record goes to. Not thread-safe.
 */
final class ShardRateLimits {

	private static final Log logger = LogFactory.getLog(ShardRateLimits.class);

	private static final long ATTENTION = Duration.ofMinutes(1).toNanos();

	private final ShardMap shards;

	/** Without them nobody knows which shard a record goes to, and nothing is paced. */
	private final @Nullable HashKeys hashKeys;

	/** Shared by the records whose shard has not been seen. */
	private final AdaptiveRateLimit unknown;

	private boolean watching;

	private long throttledAt;

	/**
	 * Create a pacing that looks away.
	 * @param stream the stream
	 * @param size as how many bytes a record takes up its shard when it goes
	 */
	ShardRateLimits(String stream, ToIntFunction<OutgoingRecord> size) {
		this(stream, size, HashKeys.find());
	}

	ShardRateLimits(String stream, ToIntFunction<OutgoingRecord> size, @Nullable HashKeys hashKeys) {
		if (hashKeys == null) {
			logger.warn("Stream '" + stream + "': this Java platform has no MD5, so that it is not known which shard a "
					+ "record goes to; hot shards are not held back from the others");
		}
		this.hashKeys = hashKeys;
		this.shards = new ShardMap(stream, size);
		this.unknown = new AdaptiveRateLimit(stream, null, size);
	}

	/**
	 * Keep a record until its shard has time for it, if it must wait.
	 * @param record a record that may be sent otherwise
	 * @return whether it waits
	 */
	boolean hold(OutgoingRecord record) {
		if (!this.watching) {
			return false;
		}
		AdaptiveRateLimit pace = paceOf(record);
		if (!pace.limited()) {
			return false;
		}
		pace.hold(record);
		return true;
	}

	/**
	 * Records go, together perhaps, with another size than they were charged with.
	 * @param record the first, which names the key
	 * @param size of all together
	 * @param released those that were charged
	 */
	void settle(OutgoingRecord record, int size, List<OutgoingRecord> released) {
		if (this.watching) {
			paceOf(record).charge(ServiceLimits.shardTime(size));
			for (OutgoingRecord other : released) {
				if (other.charged > 0) {
					paceOf(other).charge(-ServiceLimits.shardTime(other.charged));
					other.charged = 0;
				}
			}
		}
	}

	/**
	 * When records that wait may go.
	 * @return a moment of the engine's clock, or {@link StreamQueue#NEVER}
	 */
	long nextRelease() {
		if (!this.watching) {
			return StreamQueue.NEVER;
		}
		long next = this.unknown.nextRelease();
		for (AdaptiveRateLimit pace : this.shards.paces()) {
			next = Math.min(next, pace.nextRelease());
		}
		return next;
	}

	void release(long now, Consumer<OutgoingRecord> ready) {
		if (!this.watching) {
			return;
		}
		this.unknown.release(now, ready);
		this.shards.paces().forEach((pace) -> pace.release(now, ready));
		if (now - this.throttledAt > ATTENTION) {
			lookAway(ready);
		}
	}

	/**
	 * Learn from an answer.
	 * @param response what was sent, and what became of each record
	 * @param now by the engine's clock
	 * @return whether the shards have other paces now, so that all records that wait
	 * should be held anew
	 */
	boolean learn(Response response, long now) {
		if (this.hashKeys == null) {
			return false;
		}
		Batch batch = response.batch();
		if (response.throttled() > 0) {
			this.watching = true;
			this.throttledAt = now;
		}
		if (!this.watching) {
			sample(this.hashKeys, batch.records().get(0), response.results().get(0));
			return false;
		}
		Iterator<OutgoingRecord> records = batch.records().iterator();
		for (PutRecordsResultEntry result : response.results()) {
			OutgoingRecord record = records.next();
			if (Response.isStored(result)) {
				this.shards.learn(hashKey(this.hashKeys, record), result.shardId()).count(false, batch.sentAt());
			}
			else if (isThrottled(result)) {
				paceOf(record).count(true, batch.sentAt());
			}
		}
		return review(now);
	}

	/**
	 * How many shards are limited at the moment.
	 */
	int limited() {
		int limited = this.unknown.limited() ? 1 : 0;
		for (AdaptiveRateLimit pace : this.shards.paces()) {
			limited += pace.limited() ? 1 : 0;
		}
		return limited;
	}

	/**
	 * Give up all that wait.
	 * @param taker takes them
	 */
	void drain(Consumer<OutgoingRecord> taker) {
		this.unknown.drain(taker);
		this.shards.paces().forEach((pace) -> pace.drain(taker));
	}

	private void sample(HashKeys keys, OutgoingRecord record, PutRecordsResultEntry result) {
		if (Response.isStored(result)) {
			this.shards.learn(hashKey(keys, record), result.shardId());
		}
	}

	private boolean review(long now) {
		boolean changed = this.unknown.review(now);
		for (AdaptiveRateLimit pace : this.shards.paces()) {
			changed |= pace.review(now);
		}
		return changed;
	}

	private void lookAway(Consumer<OutgoingRecord> ready) {
		this.watching = false;
		drain(ready);
		this.unknown.unlimit();
		this.shards.paces().forEach(AdaptiveRateLimit::unlimit);
	}

	private AdaptiveRateLimit paceOf(OutgoingRecord record) {
		AdaptiveRateLimit pace = (this.hashKeys != null) ? this.shards.find(hashKey(this.hashKeys, record)) : null;
		return (pace != null) ? pace : this.unknown;
	}

	private static BigInteger hashKey(HashKeys keys, OutgoingRecord record) {
		BigInteger hashKey = record.hashKey;
		if (hashKey == null) {
			hashKey = keys.of(record.explicitHashKey(), record.partitionKey());
			record.hashKey = hashKey;
		}
		return hashKey;
	}

	private static boolean isThrottled(PutRecordsResultEntry result) {
		return FailureClassifier.isThrottling(result.errorCode());
	}

}

package io.kinesisspring.producer;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

/**
 * Keeps the records of a stream to what each of its shards takes, so that a hot shard is
 * not stormed and the others do not notice. Looks away, at no cost, until a record is
 * throttled, and again when none has been for a while. Learns from the answers alone
 * which shard a record goes to. Not thread-safe.
 */
final class Pacing {

	private static final Log logger = LogFactory.getLog(Pacing.class);

	private static final long ATTENTION = Duration.ofMinutes(1).toNanos();

	private final String stream;

	private final ShardMap shards = new ShardMap();

	private final HashKeys hashKeys = new HashKeys();

	/** Shared by the records whose shard has not been seen. */
	private ShardPace unknown = new ShardPace(null);

	private boolean watching;

	private long throttledAt;

	Pacing(String stream) {
		this.stream = stream;
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
		ShardPace pace = paceOf(record);
		if (!pace.limited()) {
			return false;
		}
		pace.hold(record);
		return true;
	}

	/**
	 * Records go together in one, in place of those that had been released.
	 * @param record the first, which names the key
	 * @param size of all together
	 * @param released those that had waited for the time that is now given back
	 */
	void packed(OutgoingRecord record, int size, List<OutgoingRecord> released) {
		if (this.watching) {
			paceOf(record).charge(ServiceLimits.shardTime(size));
			released.forEach((other) -> paceOf(other).charge(-ServiceLimits.shardTime(other.bytes())));
		}
	}

	/**
	 * When records that wait may go.
	 * @return a moment of the engine's clock, or {@link StreamQueue#NEVER}
	 */
	long nextRelease() {
		long next = this.unknown.nextRelease();
		for (ShardPace pace : this.shards.paces()) {
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
	 * @param batch what was sent
	 * @param results one for each record
	 * @param now by the engine's clock
	 * @return whether there is a shard that has to be held back from now on
	 */
	boolean learn(Batch batch, List<PutRecordsResultEntry> results, long now) {
		if (results.stream().anyMatch(Pacing::isThrottled)) {
			this.watching = true;
			this.throttledAt = now;
		}
		if (!this.watching) {
			return false;
		}
		Iterator<OutgoingRecord> records = batch.records().iterator();
		for (PutRecordsResultEntry result : results) {
			OutgoingRecord record = records.next();
			if (result.errorCode() == null) {
				this.shards.learn(hashKey(record), result.shardId()).count(false, batch.sentAt());
			}
			else if (isThrottled(result)) {
				paceOf(record).count(true, batch.sentAt());
			}
		}
		return review(now);
	}

	private boolean review(long now) {
		List<ShardPace> limited = new ArrayList<>();
		this.shards.paces().stream().filter((pace) -> pace.review(now)).forEach(limited::add);
		if (this.unknown.review(now)) {
			limited.add(this.unknown);
		}
		limited.forEach((pace) -> logger.warn("Stream '" + this.stream + "': " + pace
				+ " takes fewer records than it is sent (1,000 records and 1 MB a second: add shards or spread the "
				+ "keys); they wait for their turn now"));
		return !limited.isEmpty();
	}

	private void lookAway(Consumer<OutgoingRecord> ready) {
		this.watching = false;
		this.unknown.releaseAll(ready);
		this.shards.paces().forEach((pace) -> pace.releaseAll(ready));
		this.shards.clear();
		this.unknown = new ShardPace(null);
	}

	private ShardPace paceOf(OutgoingRecord record) {
		ShardPace pace = this.shards.find(hashKey(record));
		return (pace != null) ? pace : this.unknown;
	}

	private BigInteger hashKey(OutgoingRecord record) {
		BigInteger hashKey = record.hashKey;
		if (hashKey == null) {
			hashKey = this.hashKeys.of(record.entry());
			record.hashKey = hashKey;
		}
		return hashKey;
	}

	private static boolean isThrottled(PutRecordsResultEntry result) {
		return result.errorCode() != null && Failures.isThrottling(result.errorCode());
	}

}

package io.kinesisspring.shard;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.ChildShard;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.aggregation.AggregatedRecords;
import io.kinesisspring.aggregation.UserRecord;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.HashKeyRange;
import io.kinesisspring.lease.ShardDescription;
import io.kinesisspring.wire.EncodedRecords;
import io.kinesisspring.wire.StoredRecords;

/**
 * Converts the stored records of a shard into the records to deliver: it deaggregates,
 * and omits records that the starting checkpoint covers, or that belong to other shards
 * and are to be dropped. It runs on the thread that completes the response, so that the
 * loop is free. If the handler allows that, records that need nothing of this stay
 * encoded until they are delivered.
 */
final class RecordUnpacker {

	private static final Log logger = LogFactory.getLog(RecordUnpacker.class);

	private final String stream;

	private final String shardId;

	private final OutOfRange outOfRange;

	private final boolean lazy;

	private final ShardEvents events;

	private volatile Checkpoint.@Nullable After skippedUpTo;

	/** The shard's hash keys, as far as they are known; {@code null} at first. */
	private volatile @Nullable HashKeys hashKeys;

	private volatile boolean brokenLogged;

	private volatile boolean droppedLogged;

	/**
	 * Create an unpacker.
	 * @param lazy whether records may be decoded when they are delivered
	 */
	RecordUnpacker(String stream, String shardId, Checkpoint from, ReaderOptions options, boolean lazy) {
		this.stream = stream;
		this.shardId = shardId;
		this.lazy = lazy;
		this.outOfRange = options.outOfRange();
		this.skippedUpTo = (from instanceof Checkpoint.After after) ? after : null;
		this.events = options.events();
	}

	/**
	 * From now on, omit records that another position covers. Its record may be read once
	 * more.
	 */
	void skipUpTo(Checkpoint.After position) {
		this.skippedUpTo = position;
	}

	/**
	 * From now on, compare the records of aggregates with a range.
	 * @param range the hash keys of the shard; {@code null} if they cannot be found out,
	 * so that all records are delivered
	 */
	void useRange(@Nullable HashKeyRange range) {
		this.hashKeys = new HashKeys(range);
	}

	/**
	 * The range may have changed, or may be known by now. It must be asked for again.
	 */
	void forgetRange() {
		this.hashKeys = null;
	}

	/**
	 * Unpack a response or an event.
	 * @param action the action that was called
	 * @param stored the records as the service stores them
	 * @param millisBehindLatest how far behind the tip they end, if the service reports
	 * it
	 * @param next where to continue, as reported by the service; {@code null} at the end
	 * of the shard
	 * @param children the child shards, which the service names at the end of the shard
	 */
	Unpacked unpack(String action, StoredRecords stored, @Nullable Long millisBehindLatest, @Nullable String next,
			List<ChildShard> children) {
		if (this.lazy && stored instanceof EncodedRecords encoded && isPlain(encoded)) {
			return unpackLater(encoded, millisBehindLatest, next, ChildShards.describe(this.shardId, children));
		}
		if (!(stored instanceof EncodedRecords)) {
			requireFields(action, stored);
		}
		return new Unpacking(stored).unpack(millisBehindLatest, next, ChildShards.describe(this.shardId, children));
	}

	private void requireFields(String action, StoredRecords stored) {
		for (int i = 0; i < stored.size(); i++) {
			required(stored.sequenceNumber(i), action, "SequenceNumber");
			required(stored.data(i), action, "Data");
		}
	}

	/**
	 * Whether each record is certainly delivered as it is.
	 */
	private boolean isPlain(EncodedRecords encoded) {
		if (encoded.size() == 0 || !encoded.isAscending()) {
			return false;
		}
		Checkpoint.After skipped = this.skippedUpTo;
		if (skipped != null && SequenceNumber.of(encoded.sequenceNumber(0)).compareTo(skipped.sequenceNumber()) <= 0) {
			return false;
		}
		byte mark = AggregatedRecords.FIRST_BYTE;
		return !encoded.hasFirstByte(mark) || IntStream.range(0, encoded.size())
			.noneMatch((i) -> encoded.firstByte(i) == mark && AggregatedRecords.isMarked(encoded.data(i)));
	}

	private Unpacked unpackLater(EncodedRecords encoded, @Nullable Long millisBehindLatest, @Nullable String next,
			List<ShardDescription> children) {
		LazyRecords records = new LazyRecords(this.stream, this.shardId, encoded);
		Counts counts = new Counts();
		long bytes = 0;
		for (int i = 0; i < encoded.size(); i++) {
			int length = encoded.dataLength(i);
			counts.data += length;
			bytes += ShardSession.sizeOf(length);
		}
		return new Unpacked(encoded, millisBehindLatest, next, children, records, bytes,
				SequenceNumber.of(encoded.sequenceNumber(0)), records.last().sequenceNumber(), null, false, counts);
	}

	/**
	 * Unpack the same records once more, by what is known of the shard's hash keys now.
	 */
	Unpacked unpackAgain(Unpacked unpacked) {
		return new Unpacking(unpacked.stored()).unpack(unpacked.millisToTip(), unpacked.next(), unpacked.children());
	}

	/**
	 * Report what was unpacked, once it is certain that it is delivered.
	 */
	void report(Unpacked unpacked) {
		Counts counts = unpacked.counts();
		this.events.onUnpacked(this.stream, this.shardId, counts.data, unpacked.records().size(), counts.deaggregated);
		for (int i = 0; i < counts.broken; i++) {
			this.events.onAggregateBroken(this.stream, this.shardId);
		}
		if (counts.outOfRange > 0) {
			boolean drops = this.outOfRange == OutOfRange.DROP;
			this.events.onOutOfRange(this.stream, this.shardId, counts.outOfRange, drops);
			if (drops && !this.droppedLogged) {
				this.droppedLogged = true;
				logger.warn("Stream '" + this.stream + "', shard '" + this.shardId + "': dropped " + counts.outOfRange
						+ " records of aggregates, because their hash keys belong to other shards. "
						+ "Further ones are only counted");
			}
		}
	}

	/**
	 * The shard, for messages.
	 */
	String location() {
		return "shard '" + this.shardId + "' of stream '" + this.stream + "'";
	}

	private <T> void required(@Nullable T value, String action, String field) {
		if (value == null) {
			throw new IncompleteResponseException(action, location(), "'" + field + "'");
		}
	}

	private void logBroken(SequenceNumber sequenceNumber) {
		if (!this.brokenLogged) {
			this.brokenLogged = true;
			logger.warn("Stream '" + this.stream + "', shard '" + this.shardId + "': record " + sequenceNumber
					+ " is marked as an aggregate but cannot be deaggregated. Such records are delivered unchanged");
		}
	}

	/**
	 * The hash keys of the shard, as far as they are known.
	 *
	 * @param range the hash keys; {@code null} if they cannot be found out
	 */
	private record HashKeys(@Nullable HashKeyRange range) {

	}

	/**
	 * The counts of one response or event.
	 */
	static final class Counts {

		private long data;

		private int deaggregated;

		private int broken;

		private int outOfRange;

	}

	/**
	 * Unpacks one response or event.
	 */
	private final class Unpacking {

		private final StoredRecords stored;

		private final List<KinesisRecord<byte[]>> records;

		private final @Nullable HashKeys shard = RecordUnpacker.this.hashKeys;

		private final Checkpoint.@Nullable After skippedUpTo = RecordUnpacker.this.skippedUpTo;

		private final Counts counts = new Counts();

		private boolean needsHashKeys;

		private Checkpoint.@Nullable After droppedUpTo;

		private Unpacking(StoredRecords stored) {
			this.stored = stored;
			this.records = new ArrayList<>(stored.size());
		}

		private Unpacked unpack(@Nullable Long millisBehindLatest, @Nullable String next,
				List<ShardDescription> children) {
			SequenceNumber first = null;
			SequenceNumber last = null;
			long bytes = 0;
			for (int i = 0; i < this.stored.size(); i++) {
				byte[] data = Objects.requireNonNull(this.stored.data(i));
				last = SequenceNumber.of(Objects.requireNonNull(this.stored.sequenceNumber(i)));
				first = (first != null) ? first : last;
				this.counts.data += data.length;
				bytes += unpack(i, last, data);
			}
			return new Unpacked(this.stored, millisBehindLatest, next, children, this.records, bytes, first, last,
					this.droppedUpTo, this.needsHashKeys, this.counts);
		}

		/**
		 * A plain record keeps its stored data. The records of an aggregate have their
		 * own bytes, and the bytes of the aggregate are dropped.
		 */
		private long unpack(int index, SequenceNumber sequenceNumber, byte[] data) {
			String partitionKey = this.stored.partitionKey(index);
			Instant arrival = Objects.requireNonNullElse(this.stored.approximateArrival(index),
					KinesisRecord.UNKNOWN_ARRIVAL);
			List<UserRecord> userRecords = AggregatedRecords.open(data).orElse(null);
			if (userRecords == null) {
				if (AggregatedRecords.isMarked(data)) {
					this.counts.broken++;
					logBroken(sequenceNumber);
				}
				return isSkipped(sequenceNumber, 0) ? ShardSession.sizeOf(data)
						: add(arrival, sequenceNumber, 0, partitionKey, data);
			}
			AggregateKeys keys = keysOf(partitionKey, userRecords);
			long bytes = 0;
			for (int i = 0; i < userRecords.size(); i++) {
				UserRecord userRecord = userRecords.get(i);
				if (isSkipped(sequenceNumber, i)) {
					bytes += ShardSession.sizeOf(userRecord.data());
				}
				else if (keys == null || !isDropped(keys, userRecord)) {
					bytes += add(arrival, sequenceNumber, i, userRecord.partitionKey(), userRecord.data());
					this.counts.deaggregated++;
				}
				else {
					this.droppedUpTo = new Checkpoint.After(sequenceNumber, i);
				}
			}
			return bytes;
		}

		private @Nullable AggregateKeys keysOf(@Nullable String partitionKey, List<UserRecord> userRecords) {
			if (!AggregateKeys.mustBeCompared(userRecords, partitionKey)) {
				return null;
			}
			this.needsHashKeys |= this.shard == null;
			return (this.shard != null) ? new AggregateKeys(this.shard.range()) : null;
		}

		private boolean isDropped(AggregateKeys keys, UserRecord record) {
			if (!keys.isOutOfRange(record)) {
				return false;
			}
			this.counts.outOfRange++;
			return RecordUnpacker.this.outOfRange == OutOfRange.DROP;
		}

		private long add(Instant arrival, SequenceNumber sequenceNumber, long subSequenceNumber,
				@Nullable String partitionKey, byte[] data) {
			this.records.add(new KinesisRecord<>(RecordUnpacker.this.stream, RecordUnpacker.this.shardId, partitionKey,
					sequenceNumber, subSequenceNumber, arrival, data));
			this.droppedUpTo = null;
			return ShardSession.sizeOf(data);
		}

		private boolean isSkipped(SequenceNumber sequenceNumber, long subSequenceNumber) {
			return this.skippedUpTo != null && subSequenceNumber <= this.skippedUpTo.subSequenceNumber()
					&& sequenceNumber.equals(this.skippedUpTo.sequenceNumber());
		}

	}

	/**
	 * The content of a response or an event.
	 *
	 * @param stored the records as the service stores them, each of which may be an
	 * aggregate
	 * @param millisToTip how far behind the tip of the shard they end, in milliseconds;
	 * {@code null} if the service did not report it
	 * @param next where to continue, as reported by the service; {@code null} at the end
	 * of the shard
	 * @param children the child shards; empty before the end of the shard, or if the
	 * service does not name them
	 * @param records the records to deliver
	 * @param bytes the bytes that they use of the budget
	 * @param first the sequence number of the first stored record
	 * @param last the sequence number of the last stored record
	 * @param droppedUpTo the position of the last record, if that is dropped
	 * @param needsHashKeys whether records must be compared with the shard's hash keys,
	 * which nobody has asked for yet
	 * @param counts what was counted
	 */
	record Unpacked(StoredRecords stored, @Nullable Long millisToTip, @Nullable String next,
			List<ShardDescription> children, List<KinesisRecord<byte[]>> records, long bytes,
			@Nullable SequenceNumber first, @Nullable SequenceNumber last, Checkpoint.@Nullable After droppedUpTo,
			boolean needsHashKeys, Counts counts) {

		long millisBehindLatest() {
			return (this.millisToTip != null) ? this.millisToTip : 0;
		}

		boolean isBehind() {
			return millisBehindLatest() > 0;
		}

		/**
		 * Whether the response itself proves that the shard has ended.
		 */
		boolean isProvenEnd() {
			return this.next == null && !this.children.isEmpty();
		}

		/**
		 * Describe the content in place of a missing record, for messages.
		 */
		String describeGap() {
			if (this.first == null) {
				return "has lost its record, and the shard has ended without another one";
			}
			return "has lost its record: the next one is " + this.first + ", which arrived at "
					+ this.stored.approximateArrival(0) + ", and the read ended " + millisBehindLatest()
					+ "ms behind the latest";
		}

		ShardBatch toBatch() {
			return new ShardBatch(this.records, this.bytes, millisBehindLatest(),
					Long.valueOf(0).equals(this.millisToTip), this.next == null, this.children, this.droppedUpTo);
		}

	}

}

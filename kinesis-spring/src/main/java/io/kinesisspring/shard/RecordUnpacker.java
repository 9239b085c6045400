package io.kinesisspring.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.ChildShard;
import software.amazon.awssdk.services.kinesis.model.Record;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.aggregation.AggregatedRecords;
import io.kinesisspring.aggregation.UserRecord;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.ShardDescription;

/**
 * Converts the stored records of a shard into the records to deliver: it deaggregates,
 * and omits records that the starting checkpoint covers. It runs on the thread that
 * completes the response, so that the loop is free.
 */
final class RecordUnpacker {

	private static final Log logger = LogFactory.getLog(RecordUnpacker.class);

	private final String stream;

	private final String shardId;

	private final ShardEvents events;

	private volatile Checkpoint.@Nullable After skippedUpTo;

	private volatile boolean brokenLogged;

	private int deaggregated;

	RecordUnpacker(String stream, String shardId, Checkpoint from, ShardEvents events) {
		this.stream = stream;
		this.shardId = shardId;
		this.skippedUpTo = (from instanceof Checkpoint.After after) ? after : null;
		this.events = events;
	}

	/**
	 * From now on, omit records that another position covers. Its record may be read once
	 * more.
	 */
	void skipUpTo(Checkpoint.After position) {
		this.skippedUpTo = position;
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
	Unpacked unpack(String action, List<Record> stored, @Nullable Long millisBehindLatest, @Nullable String next,
			List<ChildShard> children) {
		List<KinesisRecord<byte[]>> records = new ArrayList<>(stored.size());
		SequenceNumber first = null;
		SequenceNumber last = null;
		long bytes = 0;
		long data = 0;
		this.deaggregated = 0;
		for (Record record : stored) {
			last = SequenceNumber.of(required(record.sequenceNumber(), action, "SequenceNumber"));
			required(record.data(), action, "Data");
			first = (first != null) ? first : last;
			data += record.data().asByteArrayUnsafe().length;
			bytes += unpack(record, last, records);
		}
		this.events.onUnpacked(this.stream, this.shardId, data, records.size(), this.deaggregated);
		return new Unpacked(stored, millisBehindLatest, next, ChildShards.describe(this.shardId, children), records,
				bytes, first, last);
	}

	/**
	 * The shard, for messages.
	 */
	String location() {
		return "shard '" + this.shardId + "' of stream '" + this.stream + "'";
	}

	private <T> T required(@Nullable T value, String action, String field) {
		if (value == null) {
			throw new IncompleteResponseException(action, location(), "'" + field + "'");
		}
		return value;
	}

	/**
	 * A plain record uses the bytes of the SDK. The records of an aggregate have their
	 * own bytes, and the bytes of the aggregate are dropped.
	 */
	private long unpack(Record stored, SequenceNumber sequenceNumber, List<KinesisRecord<byte[]>> records) {
		byte[] data = stored.data().asByteArrayUnsafe();
		List<UserRecord> userRecords = AggregatedRecords.open(data).orElse(null);
		if (userRecords == null) {
			reportBroken(AggregatedRecords.isMarked(data), sequenceNumber);
			return add(stored, sequenceNumber, 0, stored.partitionKey(), data, records);
		}
		this.deaggregated += userRecords.size();
		long bytes = 0;
		for (int i = 0; i < userRecords.size(); i++) {
			UserRecord record = userRecords.get(i);
			bytes += add(stored, sequenceNumber, i, record.partitionKey(), record.data(), records);
		}
		return bytes;
	}

	private void reportBroken(boolean isBroken, SequenceNumber sequenceNumber) {
		if (!isBroken) {
			return;
		}
		this.events.onAggregateBroken(this.stream, this.shardId);
		if (!this.brokenLogged) {
			this.brokenLogged = true;
			logger.warn("Stream '" + this.stream + "', shard '" + this.shardId + "': record " + sequenceNumber
					+ " is marked as an aggregate but cannot be deaggregated. Such records are delivered unchanged");
		}
	}

	private long add(Record stored, SequenceNumber sequenceNumber, long subSequenceNumber,
			@Nullable String partitionKey, byte[] data, List<KinesisRecord<byte[]>> records) {
		if (!isSkipped(sequenceNumber, subSequenceNumber)) {
			records.add(new KinesisRecord<>(this.stream, this.shardId, partitionKey, sequenceNumber, subSequenceNumber,
					Objects.requireNonNullElse(stored.approximateArrivalTimestamp(), KinesisRecord.UNKNOWN_ARRIVAL),
					data));
		}
		return ShardSession.sizeOf(data);
	}

	private boolean isSkipped(SequenceNumber sequenceNumber, long subSequenceNumber) {
		Checkpoint.After skippedUpTo = this.skippedUpTo;
		return skippedUpTo != null && subSequenceNumber <= skippedUpTo.subSequenceNumber()
				&& sequenceNumber.equals(skippedUpTo.sequenceNumber());
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
	 */
	record Unpacked(List<Record> stored, @Nullable Long millisToTip, @Nullable String next,
			List<ShardDescription> children, List<KinesisRecord<byte[]>> records, long bytes,
			@Nullable SequenceNumber first, @Nullable SequenceNumber last) {

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
					+ this.stored.get(0).approximateArrivalTimestamp() + ", and the read ended " + millisBehindLatest()
					+ "ms behind the latest";
		}

		ShardBatch toBatch() {
			return new ShardBatch(this.records, this.bytes, millisBehindLatest(),
					Long.valueOf(0).equals(this.millisToTip), this.next == null, this.children);
		}

	}

}

package io.kinesisspring.shard;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.ShardDescription;

/**
 * The result of one read.
 *
 * @param records the records, in the order of the shard; may be empty
 * @param bytes the bytes that they use of the budget
 * @param millisBehindLatest how far behind the tip of the shard the read ended
 * @param atTip whether the service has reported that the read ended at the tip
 * @param last whether the shard ends after them
 * @param children the child shards, if the shard ends and the service has named them
 * @param droppedUpTo the position of the last record that was read, if that is dropped
 */
record ShardBatch(List<KinesisRecord<byte[]>> records, long bytes, long millisBehindLatest, boolean atTip, boolean last,
		List<ShardDescription> children, Checkpoint.@Nullable After droppedUpTo) {

	static ShardBatch end() {
		return new ShardBatch(List.of(), 0, 0, true, true, List.of(), null);
	}

	/**
	 * The last record of a batch that has any.
	 */
	KinesisRecord<byte[]> lastRecord() {
		return this.records.get(this.records.size() - 1);
	}

	/**
	 * How much older the first record is than the last one, by the service's clock; zero
	 * if it is unknown.
	 */
	Duration span() {
		if (this.records.isEmpty()) {
			return Duration.ZERO;
		}
		Instant first = this.records.get(0).approximateArrival();
		Instant last = lastRecord().approximateArrival();
		return (first.equals(KinesisRecord.UNKNOWN_ARRIVAL) || last.isBefore(first)) ? Duration.ZERO
				: Duration.between(first, last);
	}

	/**
	 * When the last record arrived, {@code null} if there are no records.
	 */
	@Nullable Instant lastArrival() {
		return this.records.isEmpty() ? null : this.records.get(this.records.size() - 1).approximateArrival();
	}

	/**
	 * A part that may be delivered at once. A batch can have more records than requested,
	 * because of aggregates.
	 */
	List<KinesisRecord<byte[]>> part(int from, int maxRecords) {
		return this.records.subList(from, Math.min(this.records.size(), from + maxRecords));
	}

}

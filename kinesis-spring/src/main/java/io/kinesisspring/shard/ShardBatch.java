package io.kinesisspring.shard;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.lease.ShardDescription;

/**
 * What one read brought.
 *
 * @param records the records, in the order of the shard; may be empty
 * @param bytes what they count against the budget
 * @param millisBehindLatest how far behind the tip of the shard the read ended
 * @param last whether the shard ends behind them
 * @param children the shards that follow this one, where it ends and the service has
 * named them
 */
record ShardBatch(List<KinesisRecord<byte[]>> records, long bytes, long millisBehindLatest, boolean last,
		List<ShardDescription> children) {

	static ShardBatch end() {
		return new ShardBatch(List.of(), 0, 0, true, List.of());
	}

	/**
	 * How much older the first record is than the last one, by the service's clock; zero
	 * if it does not say.
	 */
	Duration span() {
		if (this.records.isEmpty()) {
			return Duration.ZERO;
		}
		Instant first = this.records.get(0).approximateArrival();
		Instant last = this.records.get(this.records.size() - 1).approximateArrival();
		return (first.equals(KinesisRecord.UNKNOWN_ARRIVAL) || last.isBefore(first)) ? Duration.ZERO
				: Duration.between(first, last);
	}

	/**
	 * A part that may be delivered at once: more records can be in a batch than were
	 * asked for, as one may hold many.
	 */
	List<KinesisRecord<byte[]>> part(int from, int maxRecords) {
		return this.records.subList(from, Math.min(this.records.size(), from + maxRecords));
	}

}

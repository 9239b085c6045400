package io.kinesisspring.producer;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.aggregation.AggregatedRecordBuilder;
import io.kinesisspring.producer.OutgoingRecord.Place;

/**
 * Packs a record and those that wait behind it for the same key into one aggregated
 * record, and such that have no key of their own with each other. As all have one key
 * they have one shard, whatever becomes of the shards. Not thread-safe.
 */
final class RecordAggregator {

	/**
	 * Two of the units of 25 KB that the service bills, as the Kinesis Producer Library
	 * has it.
	 */
	static final int AGGREGATE_BYTES = 50 * 1024;

	private final KeyLanes lanes;

	private final ReadyQueue ready;

	private final ShardRateLimits shardRateLimits;

	RecordAggregator(KeyLanes lanes, ReadyQueue ready, ShardRateLimits shardRateLimits) {
		this.lanes = lanes;
		this.ready = ready;
		this.shardRateLimits = shardRateLimits;
	}

	/**
	 * Pack what fits.
	 * @param first a record that is about to be sent
	 * @param room how large the result may be at most
	 * @return the size of what is to be sent
	 */
	int pack(OutgoingRecord first, long room) {
		OutgoingRecord next = first.alone ? null : peek(first);
		if (next == null) {
			return plain(first);
		}
		AggregatedRecordBuilder builder = new AggregatedRecordBuilder();
		List<OutgoingRecord> records = new ArrayList<>();
		int keyBytes = first.bytes() - first.data().length;
		long limit = Math.min(room, AGGREGATE_BYTES) - keyBytes;
		add(first, first, builder, records);
		while (next != null && isOfOneKind(first, next)
				&& builder.sizeWith(first.partitionKey(), first.explicitHashKey(), next.data()) <= limit) {
			remove(first, next);
			add(next, first, builder, records);
			next.attempts++;
			next.place = Place.PACKED;
			next = peek(first);
		}
		if (records.size() == 1) {
			return plain(first);
		}
		byte[] data = builder.build();
		int bytes = data.length + keyBytes;
		first.aggregate = new Aggregate(records, first.toEntry(data), bytes);
		this.shardRateLimits.settle(first, bytes, (first.orderingKey() != null) ? List.of(first) : records);
		return bytes;
	}

	private int plain(OutgoingRecord record) {
		this.shardRateLimits.settle(record, record.bytes(), List.of(record));
		return record.bytes();
	}

	private @Nullable OutgoingRecord peek(OutgoingRecord first) {
		return (first.orderingKey() != null) ? this.lanes.peekBehind(first) : this.ready.peek();
	}

	private void remove(OutgoingRecord first, OutgoingRecord next) {
		if (first.orderingKey() != null) {
			this.lanes.removeBehind(first);
		}
		else {
			this.ready.remove(next);
		}
	}

	private static void add(OutgoingRecord record, OutgoingRecord first, AggregatedRecordBuilder builder,
			List<OutgoingRecord> records) {
		builder.add(first.partitionKey(), first.explicitHashKey(), record.data());
		records.add(record);
	}

	private static boolean isOfOneKind(OutgoingRecord first, OutgoingRecord next) {
		return !next.alone && Objects.equals(first.orderingKey(), next.orderingKey())
				&& Objects.equals(first.explicitHashKey(), next.explicitHashKey());
	}

}

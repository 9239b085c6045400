package io.kinesisspring.producer;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.aggregation.AggregatedRecordBuilder;

/**
 * Combines records into one aggregated record: a record with those that wait behind it
 * for the same key, or records without a key with each other. All records of an aggregate
 * have one key and therefore one shard, even after resharding. Not thread-safe.
 */
final class RecordAggregator {

	private final KeyLanes lanes;

	private final ReadyQueue ready;

	private final ShardRateLimits shardRateLimits;

	private final int maxAggregateBytes;

	RecordAggregator(KeyLanes lanes, ReadyQueue ready, ShardRateLimits shardRateLimits, int maxAggregateBytes) {
		this.lanes = lanes;
		this.ready = ready;
		this.shardRateLimits = shardRateLimits;
		this.maxAggregateBytes = maxAggregateBytes;
	}

	/**
	 * Combine a record with as many others as fit.
	 * @param first a record that is about to be sent
	 * @param maxBytes the maximum size of the result
	 * @return the size of the result
	 */
	int aggregate(OutgoingRecord first, long maxBytes) {
		OutgoingRecord next = first.isSentAlone() ? null : peek(first);
		if (next == null) {
			return sendPlain(first);
		}
		AggregatedRecordBuilder builder = new AggregatedRecordBuilder();
		List<OutgoingRecord> records = new ArrayList<>();
		int keyBytes = first.bytes() - first.data().length;
		long limit = Math.min(maxBytes, this.maxAggregateBytes) - keyBytes;
		add(first, first, builder, records);
		while (next != null && canShareAggregate(first, next)
				&& builder.sizeWith(first.partitionKey(), first.explicitHashKey(), next.data()) <= limit) {
			remove(first, next);
			add(next, first, builder, records);
			next.startAttempt(RecordPlace.IN_AGGREGATE);
			next = peek(first);
		}
		if (records.size() == 1) {
			return sendPlain(first);
		}
		int bytes = builder.size() + keyBytes;
		first.setAggregate(new Aggregate(records, builder, bytes, null, first.explicitHashKey()));
		this.shardRateLimits.chargeSent(first, bytes, (first.orderingKey() != null) ? List.of(first) : records);
		return bytes;
	}

	/**
	 * Send a record by itself.
	 * @param record a record that is about to be sent
	 * @return its size
	 */
	int sendPlain(OutgoingRecord record) {
		this.shardRateLimits.chargeSent(record, record.bytes(), List.of(record));
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

	private static boolean canShareAggregate(OutgoingRecord first, OutgoingRecord next) {
		return !next.isSentAlone() && Objects.equals(first.orderingKey(), next.orderingKey())
				&& Objects.equals(first.explicitHashKey(), next.explicitHashKey());
	}

}

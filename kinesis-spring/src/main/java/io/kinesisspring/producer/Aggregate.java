package io.kinesisspring.producer;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.aggregation.AggregatedRecordBuilder;
import io.kinesisspring.wire.RecordsRequest;

/**
 * Records that are sent as one.
 *
 * @param records two or more records; the first one represents all of them
 * @param builder builds the data
 * @param bytes the size of the data, key included
 * @param target the shard for which records of different keys were combined, or
 * {@code null} if the records have one key
 * @param hashKey the explicit hash key, or {@code null} if there is none
 */
record Aggregate(List<OutgoingRecord> records, AggregatedRecordBuilder builder, int bytes, @Nullable ShardQueue target,
		@Nullable String hashKey) {

	List<OutgoingRecord> companions() {
		return this.records.subList(1, this.records.size());
	}

	/**
	 * Add the aggregate to a request.
	 * @param request the request
	 */
	void addTo(RecordsRequest request) {
		request.add((this.target != null) ? ShardAggregator.PARTITION_KEY : this.records.get(0).partitionKey(),
				this.hashKey, this.builder.build());
	}

}

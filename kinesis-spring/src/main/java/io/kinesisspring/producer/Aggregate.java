package io.kinesisspring.producer;

import java.util.List;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

import io.kinesisspring.aggregation.AggregatedRecordBuilder;

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
	 * Create the entry of a request.
	 * @return the entry
	 */
	PutRecordsRequestEntry toEntry() {
		return PutRecordsRequestEntry.builder()
			.partitionKey((this.target != null) ? ShardAggregator.PARTITION_KEY : this.records.get(0).partitionKey())
			.explicitHashKey(this.hashKey)
			.data(SdkBytes.fromByteArrayUnsafe(this.builder.build()))
			.build();
	}

}

package io.kinesisspring.listener;

import java.util.List;

import io.kinesisspring.KinesisRecord;

/**
 * Decides about all records of a batch together, for example to deliver only the newest
 * record of each key. A record listener passes batches of one record. If the filter
 * throws, the delivery of the whole batch has failed. Implementations must be
 * thread-safe.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface BatchRecordFilter extends RecordFilter {

	/**
	 * Select the records that are delivered.
	 * @param records the records of a batch in their order; unmodifiable
	 * @return those of the given records that the listener receives, in any order; it
	 * receives them in the order of their shard. All others count as processed
	 */
	List<KinesisRecord<byte[]>> filterBatch(List<KinesisRecord<byte[]>> records);

	@Override
	default boolean accepts(KinesisRecord<byte[]> record) {
		return !filterBatch(List.of(record)).isEmpty();
	}

}

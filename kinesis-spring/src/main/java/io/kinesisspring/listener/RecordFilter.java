package io.kinesisspring.listener;

import io.kinesisspring.KinesisRecord;

/**
 * Decides which records a listener receives. A rejected record counts as processed. An
 * exception counts as a failed delivery of the record. The filter is called before
 * conversion, for several shards at once. Implementations must be thread-safe.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface RecordFilter {

	/**
	 * Whether a record is to be delivered.
	 * @param record the record
	 * @return {@code false} to reject it
	 */
	boolean accepts(KinesisRecord<byte[]> record);

}

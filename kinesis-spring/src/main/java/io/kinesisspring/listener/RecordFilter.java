package io.kinesisspring.listener;

import io.kinesisspring.KinesisRecord;

/**
 * Decides which records a listener gets to see. One that it refuses counts as processed.
 * What it throws counts as a failed delivery of the record. Called before conversion, for
 * several shards at once: implementations must be thread-safe.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface RecordFilter {

	/**
	 * Whether a record is to be delivered.
	 * @param record the record
	 * @return {@code false} to pass over it
	 */
	boolean accepts(KinesisRecord<byte[]> record);

}

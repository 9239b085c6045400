package io.kinesisspring.listener;

import io.kinesisspring.KinesisRecord;

/**
 * Lets a listener decide when records are processed, with {@link AckMode#MANUAL}. The
 * checkpoint never passes a record that is neither acknowledged nor skipped,
 * dead-lettered or filtered out. Thread-safe. You may use it after the listener has
 * returned. It has no effect after the shard has moved to another instance, or was paused
 * or moved to another position.
 * <p>
 * It covers only the records that the listener was called with. Records that could not be
 * converted, were not valid or were filtered out, and records after them, are not
 * covered. Acknowledged records are not delivered again, even if the listener then
 * throws.
 *
 * @since 0.1.0
 */
public interface Acknowledgment {

	/**
	 * Acknowledge all records that were delivered with this acknowledgment, and all
	 * records before them in the shard. With keys in parallel it covers only the records
	 * that were delivered with it.
	 */
	void acknowledge();

	/**
	 * Acknowledge a record that was delivered with this acknowledgment, and all before
	 * it, as far back as {@link #acknowledge()} goes. A later record counts as the last
	 * one that was delivered with this acknowledgment.
	 * @param record the record
	 */
	void acknowledgeUpTo(KinesisRecord<?> record);

	/**
	 * Acknowledge one record, independent of those before it. No effect on a record that
	 * neither was delivered with this acknowledgment nor comes before it, as far back as
	 * {@link #acknowledge()} goes.
	 * @param record the record
	 */
	void acknowledgeOnly(KinesisRecord<?> record);

}

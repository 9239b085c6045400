package io.kinesisspring.listener;

import java.time.Duration;

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

	/**
	 * Deliver the records of this delivery again that are not acknowledged. Same as
	 * {@link #nack(int, Duration)} with the index 0.
	 * @param pause the time before they are delivered again; 0 or more
	 * @throws UnsupportedOperationException if the listener's ack mode is another than
	 * {@link AckMode#MANUAL}
	 */
	default void nack(Duration pause) {
		throw new UnsupportedOperationException("nack needs the ack mode 'manual'");
	}

	/**
	 * Acknowledge the records before an index, as {@link #acknowledgeUpTo} does, and
	 * deliver those from the index on again that are not acknowledged. Records of the
	 * same key, and with the order of the shard all records, wait for them.
	 * <p>
	 * Call it before the listener returns or, if it returns a future, before that
	 * completes. The records come again after that and the pause. Later it has no effect,
	 * and a WARN is logged once. The last call of a delivery counts. A nack is no
	 * failure: the error handler is not called, and no attempt is counted. If the
	 * listener also throws, the error handler decides, unless a later record failed.
	 * @param index the index of a record in the list that the listener was called with; 0
	 * for a record listener
	 * @param pause the time before they are delivered again; 0 or more
	 * @throws IllegalArgumentException if the index is not one of the list, or the pause
	 * is negative
	 * @throws UnsupportedOperationException if the listener's ack mode is another than
	 * {@link AckMode#MANUAL}
	 */
	default void nack(int index, Duration pause) {
		throw new UnsupportedOperationException("nack needs the ack mode 'manual'");
	}

}

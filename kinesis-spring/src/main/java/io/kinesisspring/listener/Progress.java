package io.kinesisspring.listener;

import java.util.List;

import io.kinesisspring.KinesisRecord;

/**
 * Tells a shard's session how far its records have been processed, as the ack mode says.
 */
interface Progress {

	/**
	 * Records have come that will be delivered.
	 */
	void add(List<KinesisRecord<byte[]>> records);

	/**
	 * The listener has returned from records.
	 */
	void delivered(List<KinesisRecord<byte[]>> records);

	/**
	 * A record is done with though the listener has not returned from it: skipped or
	 * recovered.
	 */
	void finished(KinesisRecord<byte[]> record);

	/**
	 * Delivery rests: all has been delivered, or it is broken off, or it pauses.
	 */
	void flush();

	/**
	 * Whether a record that stands behind this one has been begun. To finish this one,
	 * too, before a session ends keeps the other from being delivered twice.
	 */
	boolean isOvertaken(KinesisRecord<byte[]> record);

	/**
	 * Whether a record has been acknowledged by hand, so that it is not to be delivered
	 * again whatever the listener threw afterwards.
	 */
	boolean isAcknowledged(KinesisRecord<byte[]> record);

	/**
	 * Records are about to be delivered.
	 * @return what the listener may acknowledge them with
	 */
	RecordsListener.Delivery delivery(List<KinesisRecord<byte[]>> records, int attempt);

}

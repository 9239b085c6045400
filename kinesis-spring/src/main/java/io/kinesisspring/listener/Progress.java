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
	void begin(List<KinesisRecord<byte[]>> records);

	/**
	 * The listener has returned from records.
	 */
	void delivered(List<KinesisRecord<byte[]>> records);

	/**
	 * A record is done with though the listener has not returned from it: skipped or
	 * recovered.
	 */
	void settled(KinesisRecord<byte[]> record);

	/**
	 * Delivery rests: all has been delivered, or it is broken off, or it pauses.
	 */
	void resting();

	/**
	 * What a listener may acknowledge records with.
	 */
	RecordsListener.Delivery delivery(List<KinesisRecord<byte[]>> records, int attempt);

}

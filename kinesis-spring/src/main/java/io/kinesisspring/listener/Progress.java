package io.kinesisspring.listener;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;

/**
 * Reports to a shard's session how far its records have been processed, according to the
 * ack mode.
 */
interface Progress {

	/**
	 * Add records that will be delivered.
	 */
	void add(List<KinesisRecord<byte[]>> records);

	/**
	 * The listener has returned from records.
	 */
	void delivered(List<KinesisRecord<byte[]>> records);

	/**
	 * A record was skipped or recovered and so is finished, although the listener did not
	 * process it.
	 */
	void finished(KinesisRecord<byte[]> record);

	/**
	 * The delivery pauses or has ended.
	 */
	void flush();

	/**
	 * Whether a later record than this one has been started. Finishing this one before
	 * the session ends keeps the later one from being delivered twice.
	 */
	boolean isOvertaken(KinesisRecord<byte[]> record);

	/**
	 * Whether the listener has acknowledged a record, so that it is not delivered again
	 * even if the listener throws afterwards.
	 */
	boolean isAcknowledged(KinesisRecord<byte[]> record);

	/**
	 * Records are about to be delivered.
	 * @return the delivery, with the acknowledgment of the records
	 */
	RecordsListener.Delivery delivery(List<KinesisRecord<byte[]>> records, int attempt);

	/**
	 * A delivery is over.
	 * @return the pause after which its unacknowledged records are delivered again;
	 * {@code null} if the listener has not asked for that
	 */
	@Nullable Duration nackOf(RecordsListener.Delivery delivery);

}

package io.kinesisspring.listener;

import io.kinesisspring.KinesisRecord;

/**
 * Takes records one at a time, with converted payloads, and acknowledges them. Needs the
 * ack mode {@link AckMode#MANUAL}. It is called for several shards, or several partition
 * keys, at once, so it must be thread-safe.
 *
 * @param <T> the type of the payload
 * @since 0.1.0
 * @see KinesisListenerEndpoint#builder(String, Class)
 */
@FunctionalInterface
public interface AcknowledgingRecordListener<T> {

	/**
	 * Take a record.
	 * @param record the record
	 * @param acknowledgment acknowledges the record, now or later
	 * @throws Exception if the delivery failed: the error handler decides
	 */
	void onRecord(KinesisRecord<T> record, Acknowledgment acknowledgment) throws Exception;

}

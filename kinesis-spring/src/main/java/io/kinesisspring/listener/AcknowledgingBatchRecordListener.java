package io.kinesisspring.listener;

import java.util.List;

import io.kinesisspring.KinesisRecord;

/**
 * Takes batches of records, with converted payloads, and acknowledges them. Needs the ack
 * mode {@link AckMode#MANUAL}. It is called for several shards, or several partition
 * keys, at once, so it must be thread-safe.
 *
 * @param <T> the type of the payloads
 * @since 0.1.0
 * @see KinesisListenerEndpoint#builder(String, Class)
 */
@FunctionalInterface
public interface AcknowledgingBatchRecordListener<T> {

	/**
	 * Take a batch.
	 * @param records records of one shard in order; never empty
	 * @param acknowledgment acknowledges the records, now or later
	 * @throws Exception if the delivery failed: the error handler decides. A
	 * {@link io.kinesisspring.error.BatchFailedException} names the failed record
	 */
	void onRecords(List<KinesisRecord<T>> records, Acknowledgment acknowledgment) throws Exception;

}

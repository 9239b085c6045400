package io.kinesisspring.listener;

import java.util.List;

import io.kinesisspring.KinesisRecord;

/**
 * Takes batches of records, with converted payloads. It is called for several shards, or
 * several partition keys, at once, so it must be thread-safe. The records count as
 * processed when the listener returns. Futures are not awaited: use
 * {@link AsyncBatchRecordListener} for a listener that has one.
 *
 * @param <T> the type of the payloads
 * @since 0.1.0
 * @see KinesisListenerEndpoint#builder(String, Class)
 */
@FunctionalInterface
public interface BatchRecordListener<T> {

	/**
	 * Take a batch.
	 * @param records records of one shard in order; never empty
	 * @throws Exception if the delivery failed: the error handler decides. A
	 * {@link io.kinesisspring.error.BatchFailedException} names the failed record
	 */
	void onRecords(List<KinesisRecord<T>> records) throws Exception;

}

package io.kinesisspring.listener;

import java.util.List;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;

/**
 * Takes batches of records, with converted payloads, and returns a future that is
 * awaited. No thread waits for it. The listener is called for several shards, or several
 * partition keys, at once, so it must be thread-safe.
 *
 * @param <T> the type of the payloads
 * @since 0.1.0
 * @see KinesisListenerEndpoint#builder(String, Class)
 */
@FunctionalInterface
public interface AsyncBatchRecordListener<T> {

	/**
	 * Take a batch.
	 * @param records records of one shard in order; never empty
	 * @return a future; the records count as processed when it completes. If it fails,
	 * the error handler decides. With {@code null} the records count as processed when
	 * this method returns
	 * @throws Exception if the delivery failed: the error handler decides. A
	 * {@link io.kinesisspring.error.BatchFailedException} names the failed record
	 */
	@Nullable CompletionStage<?> onRecords(List<KinesisRecord<T>> records) throws Exception;

}

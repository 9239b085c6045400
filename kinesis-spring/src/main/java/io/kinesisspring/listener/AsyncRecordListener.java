package io.kinesisspring.listener;

import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;

/**
 * Takes records one at a time, with converted payloads, and returns a future that is
 * awaited. No thread waits for it. The listener is called for several shards, or several
 * partition keys, at once, so it must be thread-safe.
 *
 * @param <T> the type of the payload
 * @since 0.1.0
 * @see KinesisListenerEndpoint#builder(String, Class)
 */
@FunctionalInterface
public interface AsyncRecordListener<T> {

	/**
	 * Take a record.
	 * @param record the record
	 * @return a future; the record counts as processed when it completes. If it fails,
	 * the error handler decides. With {@code null} the record counts as processed when
	 * this method returns
	 * @throws Exception if the delivery failed: the error handler decides
	 */
	@Nullable CompletionStage<?> onRecord(KinesisRecord<T> record) throws Exception;

}

package io.kinesisspring.listener;

import io.kinesisspring.KinesisRecord;

/**
 * Takes records one at a time, with converted payloads. It is called for several shards,
 * or several partition keys, at once, so it must be thread-safe. A record counts as
 * processed when the listener returns. Futures are not awaited: use
 * {@link AsyncRecordListener} for a listener that has one.
 *
 * @param <T> the type of the payload
 * @since 0.1.0
 * @see KinesisListenerEndpoint#builder(String, Class)
 */
@FunctionalInterface
public interface RecordListener<T> {

	/**
	 * Take a record.
	 * @param record the record
	 * @throws Exception if the delivery failed: the error handler decides
	 */
	void onRecord(KinesisRecord<T> record) throws Exception;

}

package io.kinesisspring.listener;

import java.util.List;

import io.kinesisspring.KinesisRecord;

/**
 * Surrounds each call of a listener. It receives the record, or all records of a batch,
 * that the filter has accepted. It is called for each attempt, for several shards at
 * once. Implementations must be thread-safe.
 *
 * @since 0.1.0
 */
public interface RecordInterceptor {

	/**
	 * The listener is about to be called.
	 * @param records the records for the listener; one record for a record listener
	 * @throws Exception to prevent the call, which counts as a failed delivery
	 */
	default void before(List<KinesisRecord<byte[]>> records) throws Exception {
	}

	/**
	 * The listener has returned, or its future has completed. Exceptions are logged and
	 * change nothing.
	 * @param records the records of the call
	 */
	default void success(List<KinesisRecord<byte[]>> records) {
	}

	/**
	 * The delivery has failed: before the listener, in it, or in its future. Exceptions
	 * are logged and change nothing.
	 * @param records the records of the call
	 * @param exception the failure
	 */
	default void failure(List<KinesisRecord<byte[]>> records, Throwable exception) {
	}

}

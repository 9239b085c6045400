package io.kinesisspring.listener;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;

/**
 * Surrounds each call of a listener. It receives the records that the filter has
 * accepted: one for a record listener, all records of a batch for a batch listener. It is
 * called for each attempt, for several shards at once. Implementations must be
 * thread-safe.
 * <p>
 * All beans of this type apply to all listeners. The attribute {@code interceptors} of a
 * listener names others, which apply to that listener only and are called after those.
 *
 * @since 0.1.0
 */
public interface RecordInterceptor {

	/**
	 * Replace a record or drop it. Called once for each record of the call, before
	 * {@link #before}.
	 * @param record the record
	 * @return the record that the listener receives, with the position of the given one;
	 * {@code null} to drop the record, which then counts as processed. The given record
	 * by default. The error handler and the recoverer get the original record in any case
	 * @throws Exception if the record cannot be handled, which counts as a failed
	 * delivery of this record
	 */
	default @Nullable KinesisRecord<byte[]> intercept(KinesisRecord<byte[]> record) throws Exception {
		return record;
	}

	/**
	 * The listener is about to be called. Not called if all records were dropped.
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

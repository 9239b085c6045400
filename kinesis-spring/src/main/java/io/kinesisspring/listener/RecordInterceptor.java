package io.kinesisspring.listener;

import java.util.List;

import io.kinesisspring.KinesisRecord;

/**
 * Stands around each call of a listener. Gets the record, or all records of a batch
 * listener's delivery, that the filter has accepted. Called for each attempt, for several
 * shards at once: implementations must be thread-safe.
 *
 * @since 0.1.0
 */
public interface RecordInterceptor {

	/**
	 * The listener is about to be called.
	 * @param records what it will get; one record for a record listener
	 * @throws Exception to keep them from it: this counts as a failed delivery
	 */
	default void before(List<KinesisRecord<byte[]>> records) throws Exception {
	}

	/**
	 * The listener has returned, or the future that it returned has completed. What this
	 * throws is logged, and changes nothing.
	 * @param records what it got
	 */
	default void success(List<KinesisRecord<byte[]>> records) {
	}

	/**
	 * The delivery has failed, in the listener, before it, or in the future that it
	 * returned. What this throws is logged, and changes nothing.
	 * @param records what it got or would have got
	 * @param exception why
	 */
	default void failure(List<KinesisRecord<byte[]>> records, Throwable exception) {
	}

}

package io.kinesisspring.producer;

import io.kinesisspring.KinesisException;

/**
 * Intercepts each record before it is sent, and gets its outcome. The interceptors of a
 * template are called one after the other, in their order. Implementations must be
 * thread-safe.
 *
 * @since 0.1.0
 */
public interface SendInterceptor {

	/**
	 * Called before a record is accepted, on the sending thread and before the payload is
	 * converted.
	 * @param record the record that the previous interceptor returned
	 * @return the record to send: the same or another one
	 * @throws KinesisException to reject the record; its future fails with this exception
	 */
	default ProducerRecord<?> beforeSend(ProducerRecord<?> record) {
		return record;
	}

	/**
	 * Called when a record is stored, before the sender's future completes. Runs on the
	 * template's executor and must be quick. Exceptions are logged.
	 * @param record the record as it was sent
	 * @param result the result
	 */
	default void onSuccess(ProducerRecord<?> record, SendResult result) {
	}

	/**
	 * Called when a record fails, before the sender's future completes. Also called if a
	 * later interceptor rejects the record. Runs on the template's executor or, if the
	 * record was not accepted, on the sending thread. It must be quick. Exceptions are
	 * logged.
	 * @param record the record as it was sent
	 * @param failure why the record failed
	 */
	default void onFailure(ProducerRecord<?> record, KinesisException failure) {
	}

}

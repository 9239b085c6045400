package io.kinesisspring.producer;

import io.kinesisspring.KinesisException;

/**
 * Is shown each record on its way out, and what becomes of it. A template's interceptors
 * are called one after the other, in their order. Implementations must be thread-safe.
 *
 * @since 0.1.0
 */
public interface SendInterceptor {

	/**
	 * A record is about to be accepted. Called on the thread that sends, before the
	 * payload is converted.
	 * @param record the record, as the interceptor before has left it
	 * @return the record to send, be it the same or another
	 * @throws KinesisException if it must not be sent; the record's future fails with it
	 */
	default ProducerRecord<?> beforeSend(ProducerRecord<?> record) {
		return record;
	}

	/**
	 * A record is stored. Called before the sender learns of it, on the template's
	 * executor, and must not take long. What is thrown is logged.
	 * @param record the record as it was sent
	 * @param result where it is stored
	 */
	default void onSuccess(ProducerRecord<?> record, SendResult result) {
	}

	/**
	 * A record is not stored, or not known to be. Called before the sender learns of it,
	 * on the template's executor or, where the record was not accepted, on the thread
	 * that sends, and must not take long. Also called where a later interceptor refuses
	 * the record. What is thrown is logged.
	 * @param record the record as it was sent
	 * @param failure why it failed
	 */
	default void onFailure(ProducerRecord<?> record, KinesisException failure) {
	}

}

package io.kinesisspring.error;

import java.time.Duration;

import io.kinesisspring.KinesisException;
import io.kinesisspring.NotRetryable;

/**
 * A record is older than the listener's maximum age, so that it was not delivered.
 *
 * @since 0.1.0
 */
public final class ExpiredRecordException extends KinesisException implements NotRetryable {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param maxAge the listener's maximum age
	 */
	public ExpiredRecordException(Duration maxAge) {
		super("The record is older than " + maxAge);
	}

}

package io.kinesisspring.listener.adapter;

import io.kinesisspring.KinesisException;
import io.kinesisspring.NotRetryable;
import io.kinesisspring.producer.SendFailedException;

/**
 * Thrown if no attempt could send the answer of a listener.
 */
final class InvalidReplyException extends KinesisException implements NotRetryable {

	private static final long serialVersionUID = 1L;

	InvalidReplyException(SendFailedException cause) {
		super("The answer of the listener cannot be sent: " + cause.getMessage(), cause);
	}

}

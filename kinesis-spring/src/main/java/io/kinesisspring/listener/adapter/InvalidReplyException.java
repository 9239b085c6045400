package io.kinesisspring.listener.adapter;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.NotRetryable;

/**
 * Thrown if no attempt could send the answer of a listener.
 */
final class InvalidReplyException extends KinesisException implements NotRetryable {

	private static final long serialVersionUID = 1L;

	InvalidReplyException(String reason, @Nullable Throwable cause) {
		super("The answer of the listener cannot be sent: " + reason, cause);
	}

}

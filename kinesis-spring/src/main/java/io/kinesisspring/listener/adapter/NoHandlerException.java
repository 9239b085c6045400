package io.kinesisspring.listener.adapter;

import io.kinesisspring.KinesisException;
import io.kinesisspring.NotRetryable;

/**
 * Thrown if a listener has no method for the payload of a record.
 */
final class NoHandlerException extends KinesisException implements NotRetryable {

	private static final long serialVersionUID = 1L;

	NoHandlerException(String message) {
		super(message);
	}

}

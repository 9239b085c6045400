package io.kinesisspring.listener.adapter;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.NotRetryable;

/**
 * Thrown when an argument of a listener method cannot be resolved for a record, for
 * example a missing header.
 *
 * @since 0.1.0
 */
public class UnresolvedArgumentException extends KinesisException implements NotRetryable {

	private static final long serialVersionUID = 1L;

	public UnresolvedArgumentException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}

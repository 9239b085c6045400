package io.kinesisspring.converter;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.AlwaysRetryable;
import io.kinesisspring.KinesisException;

/**
 * Thrown when a schema registry gives no answer about a schema: it cannot be reached, is
 * too slow, throttles or denies access. This says nothing about the record, so a delivery
 * is retried until the registry answers, and a send may be tried again.
 *
 * @since 0.1.0
 */
public class SchemaRegistryUnavailableException extends KinesisException implements AlwaysRetryable {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param message what was asked of the registry, and the remedy
	 * @param cause the failure of the call, if there is one
	 */
	public SchemaRegistryUnavailableException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}

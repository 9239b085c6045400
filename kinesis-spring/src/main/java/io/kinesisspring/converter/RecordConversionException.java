package io.kinesisspring.converter;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.NotRetryable;

/**
 * Thrown when a payload cannot be converted to bytes, or bytes to the type of a
 * listener's parameter. Its message names the types, never the data.
 *
 * @since 0.1.0
 */
public class RecordConversionException extends KinesisException implements NotRetryable {

	private static final long serialVersionUID = 1L;

	public RecordConversionException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}

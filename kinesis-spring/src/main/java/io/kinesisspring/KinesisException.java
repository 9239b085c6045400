package io.kinesisspring;

import org.jspecify.annotations.Nullable;

/**
 * Root of the exceptions that this library throws.
 *
 * @since 0.1.0
 */
public class KinesisException extends RuntimeException {

	public KinesisException(String message) {
		super(message);
	}

	public KinesisException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}

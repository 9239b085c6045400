package io.kinesisspring;

/**
 * Marks an exception that a retry cannot fix. The default error handler does not retry a
 * delivery that failed with such an exception. It applies {@code on-exhausted} at once.
 *
 * @since 0.1.0
 */
public interface NotRetryable {

}

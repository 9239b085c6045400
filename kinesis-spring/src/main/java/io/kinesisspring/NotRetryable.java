package io.kinesisspring;

/**
 * Marks an exception that a retry cannot fix. The default error handler does not try a
 * delivery again that failed with one: it does at once what it is told to do when
 * attempts are exhausted.
 *
 * @since 0.1.0
 */
public interface NotRetryable {

}

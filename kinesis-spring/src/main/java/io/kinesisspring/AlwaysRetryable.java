package io.kinesisspring;

/**
 * Marks an exception that says nothing about the record: something that its delivery
 * needs is not available, such as a schema registry. The delivery is retried until it
 * succeeds, with exponential back-off. No error handler is asked, and such attempts do
 * not count.
 *
 * @since 0.1.0
 */
public interface AlwaysRetryable {

}

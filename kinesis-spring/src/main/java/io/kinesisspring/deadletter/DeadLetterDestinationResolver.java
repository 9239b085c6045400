package io.kinesisspring.deadletter;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;

/**
 * Chooses the dead-letter stream of a record. It is called on the thread of the delivery,
 * for several shards at once: implementations must be thread-safe and should not block.
 *
 * @since 0.1.0
 * @see DeadLetterPublishingRecoverer.Builder#destination
 */
@FunctionalInterface
public interface DeadLetterDestinationResolver {

	/**
	 * Choose the stream. If this method throws, names no stream, or names the stream that
	 * the record was read from, the record is delivered again.
	 * @param record the failed record
	 * @param exception the exception of the conversion or the listener; may be an
	 * {@link Error}
	 * @return the name or the ARN of the stream; {@code null} for the default stream
	 */
	@Nullable String resolve(KinesisRecord<byte[]> record, Throwable exception);

}

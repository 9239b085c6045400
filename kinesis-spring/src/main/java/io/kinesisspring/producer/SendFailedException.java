package io.kinesisspring.producer;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;

/**
 * Why a record was not stored, or is not known to be stored. Its message names the
 * action, the stream and what can be done about it, and never holds any of the payload.
 *
 * @since 0.1.0
 */
public class SendFailedException extends KinesisException {

	private static final long serialVersionUID = 1L;

	private final Reason reason;

	private final @Nullable String stream;

	/**
	 * Create an exception.
	 * @param reason what went wrong
	 * @param stream the name or the ARN of the stream, if it is known
	 * @param message what went wrong and what can be done about it
	 * @param cause what the client threw, if it threw
	 */
	public SendFailedException(Reason reason, @Nullable String stream, String message, @Nullable Throwable cause) {
		super(message, cause);
		this.reason = reason;
		this.stream = stream;
	}

	/**
	 * What went wrong.
	 * @return the reason
	 */
	public Reason reason() {
		return this.reason;
	}

	/**
	 * The stream that the record was for.
	 * @return the name or the ARN as it was given, or {@code null} if it is not known
	 */
	public @Nullable String stream() {
		return this.stream;
	}

	/**
	 * What can go wrong with a record.
	 */
	public enum Reason {

		/** The shard's or the stream's throughput was exceeded. Retried. */
		THROTTLED(true),

		/** The service failed inside. Retried. */
		INTERNAL(true),

		/** The request or its answer was lost on the way. Retried. */
		NETWORK(true),

		/** There was no outcome within the delivery timeout. */
		TIMEOUT(false),

		/** The record is larger than the stream or the service takes. */
		TOO_LARGE(false),

		/** The stream's name, a key or the request is not valid. */
		INVALID(false),

		/** There is no such stream. */
		STREAM_NOT_FOUND(false),

		/** The caller is not allowed to write to the stream. */
		DENIED(false),

		/**
		 * The credentials are missing, not valid or expired. Retried where they could not
		 * be obtained, as that may be so for a moment.
		 */
		CREDENTIALS(false),

		/** The key that encrypts the stream cannot be used. */
		ENCRYPTION(false),

		/** There was no room in the buffer for as long as the caller may be blocked. */
		BUFFER_FULL(false),

		/** The template has been stopped. */
		CLOSED(false),

		/** The surrounding transaction did not commit, so that nothing was sent. */
		ROLLED_BACK(false),

		/** The client failed in a way that is not known. */
		UNEXPECTED(false);

		private final boolean retryable;

		Reason(boolean retryable) {
			this.retryable = retryable;
		}

		boolean retryable() {
			return this.retryable;
		}

	}

}

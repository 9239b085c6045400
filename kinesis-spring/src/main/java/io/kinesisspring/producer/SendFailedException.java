package io.kinesisspring.producer;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;

/**
 * Thrown if a record was not stored, or if it is unknown whether it was. The message
 * names the action, the stream and what you can do about it. It contains nothing of the
 * payload.
 *
 * @since 0.1.0
 */
public class SendFailedException extends KinesisException {

	private static final long serialVersionUID = 1L;

	private final Reason reason;

	private final @Nullable String stream;

	/**
	 * Create an exception.
	 * @param reason why the record failed
	 * @param stream the name or the ARN of the stream, if it is known
	 * @param message what failed and what can be done about it
	 * @param cause the exception of the client, if there is one
	 */
	public SendFailedException(Reason reason, @Nullable String stream, String message, @Nullable Throwable cause) {
		super(message, cause);
		this.reason = reason;
		this.stream = stream;
	}

	/**
	 * Return why the record failed.
	 * @return the reason
	 */
	public Reason reason() {
		return this.reason;
	}

	/**
	 * Return the stream of the record.
	 * @return the name or the ARN as it was given, or {@code null} if it is unknown
	 */
	public @Nullable String stream() {
		return this.stream;
	}

	/**
	 * Reasons why a record fails.
	 */
	public enum Reason {

		/** The throughput of the shard or the stream was exceeded. Retried. */
		THROTTLED(true),

		/** The service failed internally. Retried. */
		INTERNAL(true),

		/** The request or its response was lost. Retried. */
		NETWORK(true),

		/** The record had no outcome within the delivery timeout. */
		TIMEOUT(false),

		/** The record is larger than the stream or the service accepts. */
		TOO_LARGE(false),

		/** The name of the stream, a key or the request is invalid. */
		INVALID(false),

		/** The stream does not exist. */
		STREAM_NOT_FOUND(false),

		/** The caller is not allowed to write to the stream. */
		DENIED(false),

		/**
		 * The credentials are missing, invalid or expired. Retried if they could not be
		 * obtained, because that may be temporary.
		 */
		CREDENTIALS(false),

		/** The key that encrypts the stream cannot be used. */
		ENCRYPTION(false),

		/** The buffer had no room within the max-block. */
		BUFFER_FULL(false),

		/** The template has been stopped. */
		CLOSED(false),

		/** The surrounding transaction did not commit, so the record was not sent. */
		ROLLED_BACK(false),

		/** The client failed in an unknown way. */
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

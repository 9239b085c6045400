package io.kinesisspring.producer;

/**
 * Thrown if no thread or memory was available for a request, so nothing was sent. Users
 * see it only as the cause of another exception.
 */
final class NotSentException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	NotSentException(Throwable cause) {
		super("the request could not be made: " + cause, cause);
	}

}

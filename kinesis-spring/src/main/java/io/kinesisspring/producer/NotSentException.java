package io.kinesisspring.producer;

/**
 * There was no thread to make a request with, or no memory, so that nothing has left the
 * client. Never reaches anybody but as the cause of another exception.
 */
final class NotSentException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	NotSentException(Throwable cause) {
		super("the request could not be made: " + cause, cause);
	}

}

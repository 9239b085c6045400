package io.kinesisspring.listener;

import io.kinesisspring.KinesisException;

/**
 * Thrown to the callers that wait for a start if somebody stops the container.
 */
final class StoppedWhileStartingException extends KinesisException {

	private static final long serialVersionUID = 1L;

	StoppedWhileStartingException(String id) {
		super("Listener '" + id + "' was stopped while it was starting");
	}

}

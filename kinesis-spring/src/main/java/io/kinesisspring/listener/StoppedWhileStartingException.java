package io.kinesisspring.listener;

import io.kinesisspring.KinesisException;

/**
 * Tells who waits for a start that somebody has stopped the container.
 */
final class StoppedWhileStartingException extends KinesisException {

	private static final long serialVersionUID = 1L;

	StoppedWhileStartingException(String id) {
		super("Listener '" + id + "' was stopped while it was starting");
	}

}

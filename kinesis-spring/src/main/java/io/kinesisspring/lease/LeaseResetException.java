package io.kinesisspring.lease;

import io.kinesisspring.KinesisException;

/**
 * Thrown when checkpoints could not be reset.
 *
 * @since 0.1.0
 */
public class LeaseResetException extends KinesisException {

	private static final long serialVersionUID = 1L;

	private final Reason reason;

	/**
	 * Create an exception.
	 * @param reason what kind of failure it is
	 * @param message what happened, and what has become of the checkpoints
	 */
	public LeaseResetException(Reason reason, String message) {
		super(message);
		this.reason = reason;
	}

	/**
	 * What kind of failure it is.
	 * @return the reason
	 */
	public Reason getReason() {
		return this.reason;
	}

	/**
	 * Kinds of failures.
	 */
	public enum Reason {

		/** There is no such lease, or none that could be moved there. */
		NOTHING_TO_RESET,

		/** Another reset is under way. Nothing has been changed. */
		BUSY,

		/** An instance did not give its lease back in time. Nothing has been changed. */
		NOT_RELEASED,

		/** Some checkpoints may have been moved and others not: reset again. */
		IN_DOUBT

	}

}

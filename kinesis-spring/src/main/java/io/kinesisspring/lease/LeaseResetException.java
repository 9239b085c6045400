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
	 * @param message the failure, and whether checkpoints have changed
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

		/** There is no such lease, or none can be moved to the position. */
		NOTHING_TO_RESET,

		/** Another reset is running. Nothing has been changed. */
		BUSY,

		/** An instance did not release its lease in time. Nothing has been changed. */
		NOT_RELEASED,

		/** Some checkpoints may have been moved and others not: reset again. */
		IN_DOUBT

	}

}

package io.kinesisspring.error;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;

/**
 * Thrown by a batch listener that knows which record failed. The records before it count
 * as processed, and delivery continues with the failed record.
 *
 * @since 0.1.0
 */
public class BatchFailedException extends KinesisException {

	private static final long serialVersionUID = 1L;

	private final int index;

	/**
	 * Create an exception.
	 * @param index the failed record's index in the list that was delivered, from 0
	 * @param cause why it failed
	 */
	public BatchFailedException(int index, @Nullable Throwable cause) {
		super("The record at index " + index + " of the batch failed", cause);
		this.index = index;
	}

	/**
	 * The failed record's index in the list that was delivered.
	 * @return the index, from 0
	 */
	public int getIndex() {
		return this.index;
	}

}

package io.kinesisspring.listener;

/**
 * When records count as processed, so that the checkpoint may pass them.
 *
 * @since 0.1.0
 */
public enum AckMode {

	/** Each record, when the listener has returned from it. */
	RECORD,

	/**
	 * All records of a read, when the listener has returned from the last. The default.
	 */
	BATCH,

	/** When the listener calls its {@link Acknowledgment}. */
	MANUAL

}

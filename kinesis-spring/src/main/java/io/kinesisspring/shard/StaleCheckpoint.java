package io.kinesisspring.shard;

/**
 * What to do about a checkpoint whose record the stream no longer has: a consumer was
 * away for longer than the retention period, or the stream was created anew.
 *
 * @since 0.1.0
 */
public enum StaleCheckpoint {

	/** Read on from the oldest record that is left. The default. */
	TRIM_HORIZON,

	/** Stop reading the shard, with an error that says what to do. */
	FAIL,

	/** Skip what is left, and read on from what arrives now. */
	LATEST

}

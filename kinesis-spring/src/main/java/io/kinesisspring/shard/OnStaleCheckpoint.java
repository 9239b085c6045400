package io.kinesisspring.shard;

/**
 * What to do if the record of a checkpoint is no longer in the stream: a consumer was
 * away for longer than the retention period, or the stream was recreated.
 *
 * @since 0.1.0
 */
public enum OnStaleCheckpoint {

	/** Continue at the oldest record that is left. This is the default. */
	TRIM_HORIZON,

	/** Stop reading the shard, with an error that names the remedy. */
	FAIL,

	/** Skip the records that are left, and continue with new ones. */
	LATEST

}

package io.kinesisspring.shard;

import io.kinesisspring.lease.Checkpoint;

/**
 * The state of a shard that this worker holds. Immutable.
 *
 * @param stream the name of the stream
 * @param shardId the shard
 * @param checkpoint the checkpoint that was stored last
 * @param activity whether it is read
 * @since 0.1.0
 */
public record ShardState(String stream, String shardId, Checkpoint checkpoint, Activity activity) {

	/**
	 * Whether a shard is read.
	 */
	public enum Activity {

		/** It is read. */
		READING,

		/** It is paused until somebody resumes it. */
		PAUSED,

		/** It was stopped by a failure, until somebody resumes it. */
		STOPPED

	}

}

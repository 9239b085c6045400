package io.kinesisspring.shard;

import io.kinesisspring.lease.Checkpoint;

/**
 * How a shard of this worker stands. Immutable.
 *
 * @param stream the name of the stream
 * @param shardId the shard
 * @param checkpoint the checkpoint that was stored last
 * @param activity what is being done
 * @since 0.1.0
 */
public record ShardState(String stream, String shardId, Checkpoint checkpoint, Activity activity) {

	/**
	 * What is being done about a shard.
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

package io.kinesisspring.redrive;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * How far a redrive has come. Immutable.
 *
 * @param stream the name of the dead-letter stream
 * @param state whether it runs, and how it has ended
 * @param redriven the number of records that have been stored where they came from
 * @param left the number of records that cannot be redriven. They remain in the
 * dead-letter stream for its retention period, and the next redrive does not try them
 * again
 * @param leftRecords the first 100 of them
 * @param fraction how much of the dead-letter stream has been read, from 0 to 1
 * @param failure why the redrive has failed; {@code null} if it has not
 * @since 0.1.0
 */
public record RedriveProgress(String stream, State state, long redriven, long left, List<LeftRecord> leftRecords,
		double fraction, @Nullable Throwable failure) {

	public RedriveProgress {
		leftRecords = List.copyOf(leftRecords);
	}

	/**
	 * States of a redrive.
	 */
	public enum State {

		/** It runs, or waits until a redrive that has died counts as dead. */
		RUNNING,

		/** All dead letters that were there when it began have been handled. */
		COMPLETED,

		/** It was stopped. The next redrive continues. */
		STOPPED,

		/** It has failed. The next redrive continues. */
		FAILED

	}

	/**
	 * A record that cannot be redriven.
	 *
	 * @param shardId the shard of the dead-letter stream
	 * @param sequenceNumber its sequence number there
	 * @param reason why it cannot be redriven; contains nothing of the payload
	 */
	public record LeftRecord(String shardId, String sequenceNumber, String reason) {

	}

}

package io.kinesisspring.shard;

import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StartingPosition;

import io.kinesisspring.lease.Checkpoint;

/**
 * Converts checkpoints to what the service calls starting positions.
 */
final class StartingPositions {

	private StartingPositions() {
	}

	/**
	 * Convert a checkpoint to a starting position.
	 * @param inclusive whether to read the checkpoint's own record once more
	 */
	static StartingPosition of(Checkpoint from, boolean inclusive) {
		StartingPosition.Builder position = StartingPosition.builder();
		if (from instanceof Checkpoint.After after) {
			position.type(inclusive ? ShardIteratorType.AT_SEQUENCE_NUMBER : ShardIteratorType.AFTER_SEQUENCE_NUMBER)
				.sequenceNumber(after.sequenceNumber().toString());
		}
		else if (from instanceof Checkpoint.AtTimestamp at) {
			position.type(ShardIteratorType.AT_TIMESTAMP).timestamp(at.timestamp());
		}
		else {
			position.type(ShardIteratorType.TRIM_HORIZON);
		}
		return position.build();
	}

}

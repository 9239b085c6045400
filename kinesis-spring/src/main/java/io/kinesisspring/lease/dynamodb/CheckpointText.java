package io.kinesisspring.lease.dynamodb;

import java.time.Instant;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.lease.Checkpoint;

/**
 * Reads and writes checkpoints as text in the table.
 */
final class CheckpointText {

	private static final String TRIM_HORIZON = "TRIM_HORIZON";

	private static final String SHARD_END = "SHARD_END";

	private static final String AT_TIMESTAMP = "AT_TIMESTAMP ";

	private CheckpointText() {
	}

	static String write(Checkpoint checkpoint) {
		if (checkpoint instanceof Checkpoint.After after) {
			return after.sequenceNumber().toString();
		}
		if (checkpoint instanceof Checkpoint.AtTimestamp at) {
			return AT_TIMESTAMP + at.timestamp();
		}
		return (checkpoint instanceof Checkpoint.ShardEnd) ? SHARD_END : TRIM_HORIZON;
	}

	static long subSequence(Checkpoint checkpoint) {
		return (checkpoint instanceof Checkpoint.After after) ? after.subSequenceNumber() : 0;
	}

	static Checkpoint read(String text, long subSequence) {
		if (text.equals(TRIM_HORIZON)) {
			return Checkpoint.TRIM_HORIZON;
		}
		if (text.equals(SHARD_END)) {
			return Checkpoint.SHARD_END;
		}
		if (text.startsWith(AT_TIMESTAMP)) {
			return new Checkpoint.AtTimestamp(Instant.parse(text.substring(AT_TIMESTAMP.length())));
		}
		return Checkpoint.after(SequenceNumber.of(text), subSequence);
	}

}

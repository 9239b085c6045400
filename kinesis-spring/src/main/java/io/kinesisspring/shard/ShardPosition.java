package io.kinesisspring.shard;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.lease.Checkpoint;

/**
 * The position of a reader in its shard, and whether the record at that position is known
 * to exist. Confined to the container's loop.
 * <p>
 * Reading starts <em>at</em> the record of the checkpoint, not after it. The checkpoint
 * may be inside an aggregate, and only reading the record itself once more proves that no
 * record between it and the next one is gone.
 */
final class ShardPosition {

	private final RetentionGuard guard;

	private Checkpoint checkpoint;

	/** Whether the record at the position was confirmed to exist. */
	private boolean confirmed;

	private boolean caughtUp;

	ShardPosition(Checkpoint from, RetentionGuard guard) {
		this.checkpoint = from;
		this.guard = guard;
	}

	Checkpoint get() {
		return this.checkpoint;
	}

	/**
	 * Whether reading starts at the position, not after it.
	 */
	boolean isUnconfirmed() {
		return !this.confirmed;
	}

	/**
	 * Whether there is a record at the position that has to be read once more.
	 */
	boolean mustBeConfirmed() {
		return !this.confirmed && this.checkpoint instanceof Checkpoint.After;
	}

	/**
	 * Revoke the confirmation if records after the position may have expired in the
	 * meantime. Call it before each use of an earlier response's continuation.
	 * @return whether the record has to be read once more
	 */
	boolean expireConfirmation() {
		if (this.confirmed && this.guard.isProofExpired() && this.checkpoint instanceof Checkpoint.After) {
			this.confirmed = false;
			return true;
		}
		return false;
	}

	/**
	 * Whether no record after the position can have expired.
	 */
	boolean isSafe() {
		return this.confirmed && !this.guard.isProofExpired();
	}

	boolean isCaughtUp() {
		return this.caughtUp;
	}

	/**
	 * Whether a response starts with another record, or the end of the shard, instead of
	 * the record at the position.
	 */
	boolean isGap(RecordUnpacker.Unpacked unpacked) {
		if (!mustBeConfirmed() || !(this.checkpoint instanceof Checkpoint.After after)) {
			return false;
		}
		SequenceNumber first = unpacked.first();
		return (first != null) ? !first.equals(after.sequenceNumber()) : unpacked.next() == null;
	}

	/**
	 * Move to the end of a response.
	 * @param sent when the request was sent, in nanoseconds of the loop
	 */
	void advance(RecordUnpacker.Unpacked unpacked, long sent) {
		boolean proven = !this.confirmed && unpacked.last() != null;
		if (unpacked.last() != null) {
			this.checkpoint = new Checkpoint.After(unpacked.last(), Checkpoint.WHOLE_RECORD);
			this.confirmed = true;
		}
		this.caughtUp = !unpacked.isBehind();
		this.guard.onResponse(sent, proven, unpacked.millisToTip());
	}

	void moveTo(Checkpoint another) {
		this.checkpoint = another;
	}

}

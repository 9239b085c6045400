package io.kinesisspring.metrics;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.lease.Checkpoint;

/**
 * Tracks since when a checkpoint has not moved although later records have been
 * delivered. Updated on the container's loop, read by any thread.
 */
final class CheckpointAge {

	private Checkpoint.@Nullable After last;

	/**
	 * Since when the checkpoint has not moved; {@code null} if no delivered record is
	 * after it.
	 */
	private volatile @Nullable Long since;

	void begun(Checkpoint.After upTo, long now) {
		this.last = upTo;
		if (this.since == null) {
			this.since = now;
		}
	}

	void written(Checkpoint checkpoint, long now) {
		this.since = covers(checkpoint) ? null : now;
	}

	private boolean covers(Checkpoint checkpoint) {
		Checkpoint.After delivered = this.last;
		return delivered == null || checkpoint instanceof Checkpoint.ShardEnd
				|| (checkpoint instanceof Checkpoint.After after && after.compareTo(delivered) >= 0);
	}

	void reopened() {
		this.last = null;
		this.since = null;
	}

	double millis(Meters meters) {
		Long standingStill = this.since;
		return (standingStill != null) ? meters.millisSince(standingStill) : 0;
	}

}

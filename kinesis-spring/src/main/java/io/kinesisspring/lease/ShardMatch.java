package io.kinesisspring.lease;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.SequenceNumber;

/**
 * How a lease is related to the shard that is listed under its id. A stream that is
 * deleted and recreated is a new stream whose shards have the ids of the former one. The
 * starting sequence number tells them apart: every listing has it, it never changes, and
 * it grows from one stream to the next.
 */
enum ShardMatch {

	/** No shard of that id is listed. */
	UNLISTED,

	/** The lease belongs to the listed shard, as far as is known. */
	OWN,

	/**
	 * The lease belongs to the listed shard, but does not have its starting sequence
	 * number: an earlier version or an importer created it, or its holder has continued
	 * into the new stream.
	 */
	UNIDENTIFIED,

	/** The lease belongs to a stream that existed before the listed one. */
	FORMER,

	/** The listing shows a stream that existed before that of the lease. */
	LATER;

	static ShardMatch of(Lease lease, @Nullable ShardDescription shard) {
		if (shard == null) {
			return UNLISTED;
		}
		SequenceNumber start = shard.start();
		if (start == null) {
			return OWN;
		}
		if (lease.start() == null) {
			return isBefore(lease.checkpoint(), start) ? FORMER : UNIDENTIFIED;
		}
		int order = start.compareTo(lease.start());
		if (order <= 0) {
			return (order == 0) ? OWN : LATER;
		}
		return (lease.checkpoint() instanceof Checkpoint.After && !isBefore(lease.checkpoint(), start)) ? UNIDENTIFIED
				: FORMER;
	}

	private static boolean isBefore(Checkpoint checkpoint, SequenceNumber start) {
		return checkpoint instanceof Checkpoint.After after && after.sequenceNumber().compareTo(start) < 0;
	}

}

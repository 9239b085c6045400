package io.kinesisspring.lease;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.SequenceNumber;

/**
 * How a lease is related to the shard that is listed under its id. A stream that is
 * deleted and created again is a new stream, whose shards have the ids of the former one.
 * What tells them apart is the sequence number that a shard began with: it comes with
 * every listing, never changes, and grows from one stream to the next.
 */
enum ShardMatch {

	/** No shard of that id is listed. */
	UNLISTED,

	/** The lease is the listed shard's, as far as anything is known against it. */
	OWN,

	/**
	 * The lease is the listed shard's, but does not say so: it was made by an earlier
	 * version or an importer, or its holder has gone on into the new stream.
	 */
	UNIDENTIFIED,

	/** The lease is of a stream that was there before the listed one. */
	FORMER,

	/** The listing is of a stream that was there before the lease's. */
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

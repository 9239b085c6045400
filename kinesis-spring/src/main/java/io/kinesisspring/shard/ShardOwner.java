package io.kinesisspring.shard;

import java.util.List;

import io.kinesisspring.KinesisException;
import io.kinesisspring.lease.HeldLease;
import io.kinesisspring.lease.ShardDescription;

/**
 * Is asked and notified by the {@link ShardConsumer}s of a worker, on the container's
 * loop.
 */
interface ShardOwner {

	/**
	 * A shard is read anew, because the service does not know the place where it was
	 * read. The stream may have been recreated.
	 * @param lease the shard's lease
	 */
	void onPlaceLost(HeldLease lease);

	/**
	 * The last records of a shard have been read.
	 * @param lease the shard's lease
	 * @param children the child shards, if the service has named them
	 */
	void onEndReached(HeldLease lease, List<ShardDescription> children);

	/**
	 * A shard has been processed to its end.
	 * @param lease the shard's lease
	 */
	void onFinished(HeldLease lease);

	/**
	 * Access is denied.
	 * @param lease the shard's lease
	 * @param ex what was denied
	 * @return whether to retry after a long pause
	 */
	boolean onAccessDenied(HeldLease lease, KinesisException ex);

	/**
	 * Access is no longer denied, or no longer needed.
	 * @param lease the shard's lease
	 */
	void onAccessAllowed(HeldLease lease);

}

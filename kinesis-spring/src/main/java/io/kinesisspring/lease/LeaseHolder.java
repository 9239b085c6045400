package io.kinesisspring.lease;

import java.util.concurrent.CompletableFuture;

import io.kinesisspring.KinesisConfigurationException;

/**
 * Reads the shards of the leases that a coordinator holds. Called on the coordinator's
 * loop.
 *
 * @since 0.1.0
 */
public interface LeaseHolder {

	/**
	 * A lease is held: start to read its shard.
	 * @param lease the lease
	 */
	void acquired(HeldLease lease);

	/**
	 * Release a lease: stop fetching, finish the records in progress, and write the
	 * checkpoint.
	 * @param lease the lease
	 * @return completes when nothing will be written under the lease any more
	 */
	CompletableFuture<Void> release(HeldLease lease);

	/**
	 * A lease is lost: stop at once. The next holder gets the unfinished records again.
	 * @param lease the lease
	 */
	void lost(HeldLease lease);

	/**
	 * The table has been reconciled.
	 * @param stream the name of the stream
	 * @param wanted how many leases this worker should hold
	 * @param free how many leases could be held and have no holder; 0 for a worker that
	 * reads the table rarely
	 */
	default void planned(String stream, int wanted, int free) {
	}

	/**
	 * The store denies a call, for example because a permission is missing. The call is
	 * retried with a growing back-off. The holder decides whether to stop.
	 * @param ex says what to change
	 */
	default void rejected(KinesisConfigurationException ex) {
	}

	/**
	 * The store allows all calls again.
	 */
	default void accepted() {
	}

}

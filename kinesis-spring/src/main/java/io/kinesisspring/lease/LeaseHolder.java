package io.kinesisspring.lease;

import java.util.concurrent.CompletableFuture;

import io.kinesisspring.KinesisConfigurationException;

/**
 * What a worker does with the leases that its coordinator wins and loses. Called on the
 * coordinator's loop.
 *
 * @since 0.1.0
 */
public interface LeaseHolder {

	/**
	 * A lease has been won: start to read its shard.
	 * @param lease the lease
	 */
	void acquired(HeldLease lease);

	/**
	 * A lease is to be given back: stop to read, finish what is in hand, checkpoint.
	 * @param lease the lease
	 * @return completes when nothing will be written under the lease any more
	 */
	CompletableFuture<Void> release(HeldLease lease);

	/**
	 * A lease is gone: stop at once. What is in hand will be delivered again to the next
	 * holder.
	 * @param lease the lease
	 */
	void lost(HeldLease lease);

	/**
	 * The table has been looked at, and this worker has done its part of what it showed.
	 * @param stream the name of the stream
	 * @param wanted how many leases are meant for this worker
	 * @param free how many leases nobody holds that could be held; 0 for a worker that
	 * looks at the table rarely
	 */
	default void planned(String stream, int wanted, int free) {
	}

	/**
	 * The store refuses to work for a reason that may not pass by itself, such as a
	 * permission that is missing. What was refused is tried again all the same, with
	 * growing pauses, and this is told again when it is refused after it has worked:
	 * whether to stop is for the holder to decide.
	 * @param ex says what to change
	 */
	default void refused(KinesisConfigurationException ex) {
	}

	/**
	 * The store works again, after it had refused to.
	 */
	default void accepted() {
	}

}

package io.kinesisspring.lease;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Keeps the leases of one application and their checkpoints, and provides the store of
 * its worker groups. One object may implement both interfaces. Implementations are
 * thread-safe and never block their caller; a blocking store brings its own executor.
 * <p>
 * A write takes place only if its condition holds, in one atomic step. If the condition
 * does not hold, the future completes with {@code false} or an empty value. Any other
 * failure completes it exceptionally. The write may then have taken place, or may take
 * place later, so that every write can be repeated.
 *
 * @since 0.1.0
 */
public interface LeaseStore {

	/**
	 * Make the store ready: create what is missing and check what exists.
	 * @return completes when the store can be used, exceptionally with a
	 * {@link io.kinesisspring.KinesisConfigurationException} if it never can
	 */
	CompletableFuture<Void> prepare();

	/**
	 * The store of the application's worker groups.
	 * @return the store, always the same; ready once this store is
	 */
	WorkerGroupStore workerGroups();

	/**
	 * Read all leases and all worker groups. Each row is at least as new as the last
	 * write that was acknowledged before the call. A row that changes during the call may
	 * be read before or after its change. A row that cannot be read does not fail the
	 * call: {@link LeaseTable#unreadable()} names it.
	 * @return the content
	 */
	CompletableFuture<LeaseTable> load();

	/**
	 * Read one lease, including every write that was acknowledged before the call.
	 * @param key its key
	 * @return the lease, empty if there is none
	 */
	CompletableFuture<Optional<Lease>> find(String key);

	/**
	 * Add a lease if none has its key.
	 * @param lease the lease
	 * @return whether it was added
	 */
	CompletableFuture<Boolean> create(Lease lease);

	/**
	 * Set the owner and increment the epoch, if owner and epoch are those seen.
	 * @param seen the lease as it was seen
	 * @param worker the new owner
	 * @return the lease as it is stored now, empty if it was not claimed. Its checkpoint
	 * may be later than the one seen, because the previous owner may write until the
	 * claim
	 */
	CompletableFuture<Optional<Lease>> claim(Lease seen, String worker);

	/**
	 * Store a checkpoint and its revision, if owner and epoch are those held and the
	 * stored revision is not higher. A delayed write that arrives after a later one
	 * changes nothing.
	 * @param next the lease as it is held, with the new checkpoint and revision
	 * @return whether it was stored; {@code false} means that the lease is lost
	 */
	CompletableFuture<Boolean> checkpoint(Lease next);

	/**
	 * Clear the owner, if owner and epoch are those held.
	 * @param held the lease as it is held
	 * @return whether it was released; {@code false} means that it was no longer held
	 */
	CompletableFuture<Boolean> release(Lease held);

	/**
	 * Store which shard the lease belongs to, if owner and epoch are those seen: its
	 * parents and its starting sequence number. Nothing else of the lease changes. The
	 * writes of its holder change neither of the two.
	 * @param seen the lease as it was seen
	 * @param shard the lease whose parents and start are stored
	 * @return whether they were stored
	 */
	CompletableFuture<Boolean> identify(Lease seen, Lease shard);

	/**
	 * Reset a lease for a new shard of its id, if owner and epoch are those seen: clear
	 * the owner, increment the epoch, and set checkpoint, parents and start. No earlier
	 * holder can write any more.
	 * @param seen the lease as it was seen
	 * @param replacement the lease whose checkpoint, parents and start are stored
	 * @return whether it was recreated
	 */
	CompletableFuture<Boolean> recreate(Lease seen, Lease replacement);

	/**
	 * Remove a finished lease, if owner and epoch are those seen and it is still
	 * finished.
	 * @param seen the lease as it was seen
	 * @return whether it was removed
	 */
	CompletableFuture<Boolean> delete(Lease seen);

}

package io.kinesisspring.lease;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Where leases and checkpoints are kept: a table with conditional writes. One store
 * serves one application. Implementations are thread-safe and never block their caller.
 * Each write is made under the condition that its description names, atomically; a
 * condition that does not hold completes the future with {@code false}, everything else
 * that goes wrong completes it exceptionally, and then the write may or may not have
 * taken place: every write here may be made again.
 *
 * @since 0.1.0
 */
public interface LeaseStore {

	/**
	 * Make the store ready: create what is missing, check what is there.
	 * @return completes when the store can be used, exceptionally with a
	 * {@link io.kinesisspring.KinesisConfigurationException} if it never can
	 */
	CompletableFuture<Void> prepare();

	/**
	 * Read everything, seeing every write that was acknowledged before.
	 * @return the content
	 */
	CompletableFuture<LeaseTable> load();

	/**
	 * Add a lease, if there is none of that key.
	 * @param lease the lease
	 * @return whether it was added
	 */
	CompletableFuture<Boolean> create(Lease lease);

	/**
	 * Set the owner and move the epoch on by one, if owner and epoch are still those
	 * seen.
	 * @param seen the lease as it was seen
	 * @param worker the new owner
	 * @return the lease as it is stored now, empty if it was not claimed. Its checkpoint
	 * may be further than the one seen: the owner before may have written until the claim
	 */
	CompletableFuture<Optional<Lease>> claim(Lease seen, String worker);

	/**
	 * Store a checkpoint, if owner and epoch are still those held.
	 * @param held the lease as it is held
	 * @param checkpoint the checkpoint
	 * @return whether it was stored; {@code false} means that the lease is lost
	 */
	CompletableFuture<Boolean> checkpoint(Lease held, Checkpoint checkpoint);

	/**
	 * Clear the owner, if owner and epoch are still those held.
	 * @param held the lease as it is held
	 * @return whether it was released; {@code false} means that it was no longer held
	 */
	CompletableFuture<Boolean> release(Lease held);

	/**
	 * Remove a finished lease, if it is still unowned or owned and finished as seen.
	 * @param seen the lease as it was seen
	 * @return whether it was removed
	 */
	CompletableFuture<Boolean> delete(Lease seen);

	/**
	 * Move a worker's counter, adding the worker if it is not there.
	 * @param worker the worker; its {@link Worker#beat()} is ignored
	 * @return completes when the counter has moved
	 */
	CompletableFuture<Void> beat(Worker worker);

	/**
	 * Remove a worker, if its counter still stands where it was seen.
	 * @param seen the worker as it was seen
	 * @return whether it was removed
	 */
	CompletableFuture<Boolean> bury(Worker seen);

	/**
	 * Remove a worker that is going by itself.
	 * @param workerId its id
	 * @return completes when it is gone
	 */
	CompletableFuture<Void> retire(String workerId);

}

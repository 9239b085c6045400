package io.kinesisspring.lease;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Where leases and checkpoints are kept: a table with conditional writes. One store
 * serves one application. Implementations are thread-safe and never block their caller.
 * Each write is made under the condition that its description names, atomically; a
 * condition that does not hold completes the future with {@code false} or nothing,
 * everything else that goes wrong completes it exceptionally, and then the write may or
 * may not have taken place, or may take place later: every write here may be made again.
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
	 * Read everything, each row as it is after every write that was acknowledged before.
	 * Rows that change meanwhile may be seen before or after their change. A row that
	 * cannot be read does not fail the call: the table names it.
	 * @return the content
	 */
	CompletableFuture<LeaseTable> load();

	/**
	 * Read one lease, as it is after every write that was acknowledged before.
	 * @param key its key
	 * @return the lease, empty if there is none
	 */
	CompletableFuture<Optional<Lease>> find(String key);

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
	 * Store a checkpoint and its revision, if owner and epoch are still those held and
	 * the revision is not lower than the one stored: a write that arrives late, after the
	 * next one, changes nothing.
	 * @param next the lease as it is held, with the new checkpoint and revision
	 * @return whether it was stored; {@code false} means that the lease is lost
	 */
	CompletableFuture<Boolean> checkpoint(Lease next);

	/**
	 * Clear the owner, if owner and epoch are still those held.
	 * @param held the lease as it is held
	 * @return whether it was released; {@code false} means that it was no longer held
	 */
	CompletableFuture<Boolean> release(Lease held);

	/**
	 * Take note of which shard a lease is of, if owner and epoch are still those seen:
	 * its parents and the number that it began with. Nothing else of the lease changes;
	 * and neither of the two changes when whoever holds it writes.
	 * @param seen the lease as it was seen
	 * @param shard the lease whose parents and beginning are stored
	 * @return whether it was noted
	 */
	CompletableFuture<Boolean> identify(Lease seen, Lease shard);

	/**
	 * Begin a lease anew, if owner and epoch are still those seen: clear the owner, move
	 * the epoch on by one, and set checkpoint, parents and the number that the shard
	 * began with. Whoever has held it writes nothing any more.
	 * @param seen the lease as it was seen
	 * @param replacement the lease whose checkpoint, parents and beginning are stored
	 * @return whether it was renewed
	 */
	CompletableFuture<Boolean> recreate(Lease seen, Lease replacement);

	/**
	 * Remove a finished lease, if it is still unowned or owned and finished as seen.
	 * @param seen the lease as it was seen
	 * @return whether it was removed
	 */
	CompletableFuture<Boolean> delete(Lease seen);

	/**
	 * Add a worker to a group, if it is one of its kind and finds room; make the group,
	 * if there is none of that number. A worker that is in the group already, since the
	 * answer was lost, has joined. Another try needs another id: a worker must not be in
	 * two groups.
	 * @param group the number of the group
	 * @param worker the worker's id
	 * @param streams the streams that it wants, the same as the group's
	 * @param timeout how long it may go without a heartbeat, in whole milliseconds, the
	 * same as the group's
	 * @return the group with the worker in it, empty if it cannot be
	 */
	CompletableFuture<Optional<WorkerGroup>> join(int group, String worker, Collection<String> streams,
			Duration timeout);

	/**
	 * Move a worker's counter, if it is still in the group.
	 * @param group the number of the group
	 * @param worker the worker's id
	 * @param answered what it was asked for and need not be asked any more
	 * @return the group, empty if the worker is no longer one of it
	 */
	CompletableFuture<Optional<WorkerGroup>> heartbeat(int group, String worker, Collection<String> answered);

	/**
	 * Read a group.
	 * @param group its number
	 * @param consistent whether every write that was acknowledged before must be seen
	 * @return the group, empty if there is none
	 */
	CompletableFuture<Optional<WorkerGroup>> readGroup(int group, boolean consistent);

	/**
	 * Ask a group's members for leases, if there is such a group, and if its row is not
	 * full of what they are asked for.
	 * @param group the number of the group
	 * @param requests the leases, as {@link WorkerGroup#requests()} has them
	 * @return whether they are asked: there is such a group, and it is not asked for more
	 * than {@link WorkerGroup#maxRequestsBeside(Collection)} says
	 */
	CompletableFuture<Boolean> requestHandover(int group, Collection<String> requests);

	/**
	 * Ring a group's bell, if there is such a group.
	 * @param group the number of the group
	 * @return whether there is such a group
	 */
	CompletableFuture<Boolean> wakeUp(int group);

	/**
	 * Remove a worker that is going by itself, and ring the bell for the others.
	 * @param group the number of its group
	 * @param worker its id
	 * @return completes when it is gone
	 */
	CompletableFuture<Void> leave(int group, String worker);

	/**
	 * Remove a worker from its group, if its counter still stands where it was seen.
	 * @param group the number of the group
	 * @param worker the worker's id
	 * @param heartbeat the counter as it was seen
	 * @return whether it was removed
	 */
	CompletableFuture<Boolean> evict(int group, String worker, long heartbeat);

	/**
	 * Remove a group, if it has no members.
	 * @param group the number of the group
	 * @return whether it was removed
	 */
	CompletableFuture<Boolean> removeGroup(int group);

}

package io.kinesisspring.lease;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Keeps the worker groups of one application: the heartbeats of their members, their
 * wake-ups and the handovers that are requested from them. Conditions, failures and
 * threads are those of {@link LeaseStore}.
 *
 * @since 0.1.0
 */
public interface WorkerGroupStore {

	/**
	 * Add a worker to a group, or create the group with it if there is none of that
	 * number. The group must want the same streams, have the same timeout and have room.
	 * A worker that is a member already stays one: the first response may have been lost.
	 * To try another group, use another id, because a worker must not be in two groups.
	 * @param group the number of the group
	 * @param worker the worker's id
	 * @param streams the streams that the worker wants, the same as the group's
	 * @param timeout how long the worker may go without a heartbeat, in whole
	 * milliseconds, the same as the group's
	 * @return the group with the worker in it, empty if the worker does not fit
	 */
	CompletableFuture<Optional<WorkerGroup>> join(int group, String worker, Collection<String> streams,
			Duration timeout);

	/**
	 * Increment a worker's heartbeat counter, if the worker is still a member.
	 * @param group the number of the group
	 * @param worker the worker's id
	 * @param answered the handover requests to remove
	 * @return the group, empty if the worker is no longer a member
	 */
	CompletableFuture<Optional<WorkerGroup>> heartbeat(int group, String worker, Collection<String> answered);

	/**
	 * Read a group.
	 * @param group its number
	 * @param consistent whether every write that was acknowledged before the call must be
	 * seen
	 * @return the group, empty if there is none
	 */
	CompletableFuture<Optional<WorkerGroup>> readGroup(int group, boolean consistent);

	/**
	 * Request leases from the members of a group, if the group exists and has room for
	 * the requests.
	 * @param group the number of the group
	 * @param requests the leases, in the form of {@link WorkerGroup#handoverRequests()}
	 * @return whether the requests were added: the group exists and had no more requests
	 * than {@link WorkerGroup#maxRequestsBeside(Collection)} allows
	 */
	CompletableFuture<Boolean> requestHandover(int group, Collection<String> requests);

	/**
	 * Increment a group's wake-up counter, if the group exists: its members then read the
	 * leases.
	 * @param group the number of the group
	 * @return whether the group exists
	 */
	CompletableFuture<Boolean> wakeUp(int group);

	/**
	 * Remove a worker that stops, and wake up the other members.
	 * @param group the number of its group
	 * @param worker its id
	 * @return completes when it is removed
	 */
	CompletableFuture<Void> leave(int group, String worker);

	/**
	 * Remove a dead worker from its group, if its heartbeat counter is the one seen.
	 * @param group the number of the group
	 * @param worker the worker's id
	 * @param heartbeat the counter as it was seen
	 * @return whether it was removed
	 */
	CompletableFuture<Boolean> evict(int group, String worker, long heartbeat);

	/**
	 * Remove a group that has no members.
	 * @param group the number of the group
	 * @return whether it was removed
	 */
	CompletableFuture<Boolean> removeGroup(int group);

}

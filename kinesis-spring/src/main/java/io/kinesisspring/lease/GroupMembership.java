package io.kinesisspring.lease;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.scheduling.EventLoop;

/**
 * This worker's membership in a worker group: joins, sends heartbeats and leaves.
 * Confined to the coordinator's loop, apart from {@link #isCutOff()}.
 */
final class GroupMembership {

	private final String name;

	private final List<String> streams;

	private final LeaseOptions options;

	private final WorkerGroupStore groups;

	private final EventLoop loop;

	private final SelfFencing selfFencing;

	private String id;

	private int joins;

	private @Nullable WorkerGroup workerGroup;

	GroupMembership(Worker worker, WorkerGroupStore groups, EventLoop loop) {
		this.name = worker.id();
		this.id = this.name;
		this.streams = worker.streams();
		this.options = worker.options();
		this.groups = groups;
		this.loop = loop;
		this.selfFencing = new SelfFencing(loop, this.options.timeout());
	}

	/**
	 * The id under which this worker holds leases. Each attempt to join uses a new one,
	 * because a response may be lost, a call may arrive late, and no worker may be in two
	 * groups.
	 */
	String id() {
		return this.id;
	}

	List<String> streams() {
		return this.streams;
	}

	LeaseOptions options() {
		return this.options;
	}

	/**
	 * The group as it was last seen.
	 * @return the group, {@code null} while this worker is in none
	 */
	@Nullable WorkerGroup group() {
		return this.workerGroup;
	}

	/**
	 * Join a group that has room, or create one.
	 */
	CompletableFuture<WorkerGroup> join(List<WorkerGroup> known) {
		forgetGroup();
		int unused = known.stream().mapToInt(WorkerGroup::number).max().orElse(-1) + 1;
		int candidate = known.stream()
			.filter((other) -> other.hasRoomFor(this.streams, this.options.timeout()))
			.mapToInt(WorkerGroup::number)
			.findFirst()
			.orElse(unused);
		return join(candidate, 1);
	}

	/**
	 * The step to the next group grows with each full group. So the workers of a large
	 * fleet that starts at once spread over the groups.
	 */
	private CompletableFuture<WorkerGroup> join(int candidate, int attempt) {
		this.id = this.name + "-" + ++this.joins;
		long sent = this.loop.nanoTime();
		return this.groups.join(candidate, this.id, this.streams, this.options.timeout()).thenCompose((joined) -> {
			if (joined.isEmpty()) {
				return join(candidate + 1 + Math.floorMod(this.id.hashCode(), attempt), attempt + 1);
			}
			update(joined.get(), sent);
			return CompletableFuture.completedFuture(joined.get());
		});
	}

	/**
	 * Send a heartbeat.
	 * @param answered the handover requests to remove
	 * @param whenCutOff called first if the response arrived too late for the held
	 * leases: other workers may have claimed them
	 * @return the group, empty if this worker is no longer a member
	 */
	CompletableFuture<Optional<WorkerGroup>> heartbeat(WorkerGroup ownGroup, Collection<String> answered,
			Runnable whenCutOff) {
		long sent = this.loop.nanoTime();
		String sender = this.id;
		return this.groups.heartbeat(ownGroup.number(), sender, answered).thenApply((updated) -> {
			if (sender.equals(this.id)) {
				if (isCutOff()) {
					whenCutOff.run();
				}
				updated.ifPresent((seen) -> update(seen, sent));
			}
			return updated;
		});
	}

	private void update(WorkerGroup seen, long sent) {
		this.workerGroup = seen;
		this.selfFencing.heartbeatStored(sent);
	}

	boolean hasBeenConnectedSince(long moment) {
		return this.selfFencing.hasBeenConnectedSince(moment);
	}

	/**
	 * Whether this worker must not deliver any records. Safe to call from any thread.
	 */
	boolean isCutOff() {
		return this.selfFencing.isCutOff();
	}

	/**
	 * Forget the group, for example after an eviction.
	 */
	void forgetGroup() {
		this.workerGroup = null;
		this.selfFencing.cutOff();
	}

	/**
	 * Leave the group, and remove it if nobody else is in it.
	 */
	CompletableFuture<Void> leave() {
		WorkerGroup ownGroup = this.workerGroup;
		if (ownGroup == null) {
			return CompletableFuture.completedFuture(null);
		}
		CompletableFuture<Void> leaving = this.groups.leave(ownGroup.number(), this.id);
		return (ownGroup.members().size() > 1) ? leaving
				: leaving.thenCompose((gone) -> this.groups.removeGroup(ownGroup.number())).thenAccept((removed) -> {
				});
	}

}

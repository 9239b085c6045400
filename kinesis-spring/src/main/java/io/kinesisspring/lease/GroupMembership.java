package io.kinesisspring.lease;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.scheduling.EventLoop;

/**
 * This worker's place among the others: the group it is in, and for how long it may
 * believe that the others see it alive. Confined to the coordinator's loop, apart from
 * {@link #isCutOff()}.
 */
final class GroupMembership {

	private final String name;

	private final List<String> streams;

	private final LeaseStore store;

	private final EventLoop loop;

	private final Duration timeout;

	private String id;

	private int joins;

	private @Nullable WorkerGroup workerGroup;

	private volatile long lastHeartbeat;

	private long connectedSince;

	GroupMembership(String name, List<String> streams, Duration timeout, LeaseStore store, EventLoop loop) {
		this.name = name;
		this.id = name;
		this.streams = streams;
		this.timeout = timeout;
		this.store = store;
		this.loop = loop;
		this.lastHeartbeat = loop.nanoTime() - timeout.toNanos();
	}

	/**
	 * The id under which this worker holds leases: another one for each group that it
	 * asks to be let in. An answer may be lost, a call may arrive late, and nobody may be
	 * in two groups.
	 */
	String id() {
		return this.id;
	}

	/**
	 * The group as it was seen last.
	 * @return the group, {@code null} while this worker is in none
	 */
	@Nullable WorkerGroup group() {
		return this.workerGroup;
	}

	/**
	 * Join a group that has room, or make one.
	 */
	CompletableFuture<WorkerGroup> join(List<WorkerGroup> known) {
		forgetGroup();
		int unused = known.stream().mapToInt(WorkerGroup::number).max().orElse(-1) + 1;
		int candidate = known.stream()
			.filter((other) -> other.hasRoomFor(this.streams, this.timeout))
			.mapToInt(WorkerGroup::number)
			.findFirst()
			.orElse(unused);
		return join(candidate, 1);
	}

	/**
	 * The more often a group turned out to be full, the wider the next step: a large
	 * fleet that starts at once spreads.
	 */
	private CompletableFuture<WorkerGroup> join(int candidate, int attempt) {
		this.id = this.name + "-" + ++this.joins;
		long sent = this.loop.nanoTime();
		return this.store.join(candidate, this.id, this.streams, this.timeout).thenComposeAsync((joined) -> {
			if (joined.isEmpty()) {
				return join(candidate + 1 + Math.floorMod(this.id.hashCode(), attempt), attempt + 1);
			}
			see(joined.get(), sent);
			return CompletableFuture.completedFuture(joined.get());
		}, this.loop);
	}

	/**
	 * Beat once. What counts is when the heartbeat was sent, not when it was answered:
	 * the others start to count later than that, whatever happens on the way.
	 * @param whenCutOff told, before an answer counts, that it has come too late for what
	 * is held: the others may have taken it
	 * @return the group, empty if this worker is no longer one of it
	 */
	CompletableFuture<Optional<WorkerGroup>> heartbeat(WorkerGroup mine, Collection<String> answered,
			Runnable whenCutOff) {
		long sent = this.loop.nanoTime();
		String sender = this.id;
		return this.store.heartbeat(mine.number(), sender, answered).thenApplyAsync((updated) -> {
			if (sender.equals(this.id)) {
				if (isCutOff()) {
					whenCutOff.run();
				}
				updated.ifPresent((seen) -> see(seen, sent));
			}
			return updated;
		}, this.loop);
	}

	private void see(WorkerGroup seen, long sent) {
		this.workerGroup = seen;
		if (isCutOff()) {
			this.connectedSince = this.loop.nanoTime();
		}
		if (sent - this.lastHeartbeat > 0) {
			this.lastHeartbeat = sent;
		}
	}

	/**
	 * Whether the others can at no time since a moment have declared this worker dead.
	 */
	boolean hasBeenConnectedSince(long moment) {
		return !isCutOff() && moment - this.connectedSince >= 0;
	}

	/**
	 * Whether this worker has been out of touch with the store for so long that the
	 * others may have declared it dead. Safe to call from any thread.
	 * @return {@code true} if nothing may be delivered
	 */
	boolean isCutOff() {
		return this.loop.nanoTime() - this.lastHeartbeat >= this.timeout.toNanos();
	}

	/**
	 * Be in no group any more.
	 */
	void forgetGroup() {
		this.workerGroup = null;
		this.lastHeartbeat = this.loop.nanoTime() - this.timeout.toNanos();
	}

	/**
	 * Leave the group, and leave nothing behind if nobody else is in it.
	 */
	CompletableFuture<Void> leave() {
		WorkerGroup mine = this.workerGroup;
		if (mine == null) {
			return CompletableFuture.completedFuture(null);
		}
		CompletableFuture<Void> left = this.store.leave(mine.number(), this.id);
		return (mine.members().size() > 1) ? left
				: left.thenCompose((gone) -> this.store.removeGroup(mine.number())).thenAccept((removed) -> {
				});
	}

}

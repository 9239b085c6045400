package io.kinesisspring.lease;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.scheduling.EventLoop;

/**
 * This worker's place among the others: the crew it is in, and for how long it may
 * believe that the others see it alive. Confined to the coordinator's loop, apart from
 * {@link #isCutOff()}.
 */
final class Membership {

	private final String name;

	private final List<String> streams;

	private final LeaseStore store;

	private final EventLoop loop;

	private final Duration patience;

	private String id;

	private int joins;

	private @Nullable WorkerGroup workerGroup;

	private volatile long lastBeat;

	private long inTouchSince;

	Membership(String name, List<String> streams, Duration patience, LeaseStore store, EventLoop loop) {
		this.name = name;
		this.id = name;
		this.streams = streams;
		this.patience = patience;
		this.store = store;
		this.loop = loop;
		this.lastBeat = loop.nanoTime() - patience.toNanos();
	}

	/**
	 * The id under which this worker holds leases: another one for each crew that it asks
	 * to be let in. An answer may be lost, a call may arrive late, and nobody may be in
	 * two crews.
	 */
	String id() {
		return this.id;
	}

	/**
	 * The crew as it was seen last.
	 * @return the crew, {@code null} while this worker is in none
	 */
	@Nullable WorkerGroup crew() {
		return this.workerGroup;
	}

	/**
	 * Join a crew that has room, or make one.
	 */
	CompletableFuture<WorkerGroup> join(List<WorkerGroup> known) {
		leaveBehind();
		int unused = known.stream().mapToInt(WorkerGroup::number).max().orElse(-1) + 1;
		int candidate = known.stream()
			.filter((other) -> other.hasRoomFor(this.streams, this.patience))
			.mapToInt(WorkerGroup::number)
			.findFirst()
			.orElse(unused);
		return join(candidate, 1);
	}

	/**
	 * The more often a crew turned out to be full, the wider the next step: a large fleet
	 * that starts at once spreads.
	 */
	private CompletableFuture<WorkerGroup> join(int candidate, int attempt) {
		this.id = this.name + "-" + ++this.joins;
		long sent = this.loop.nanoTime();
		return this.store.join(candidate, this.id, this.streams, this.patience).thenComposeAsync((joined) -> {
			if (joined.isEmpty()) {
				return join(candidate + 1 + Math.floorMod(this.id.hashCode(), attempt), attempt + 1);
			}
			see(joined.get(), sent);
			return CompletableFuture.completedFuture(joined.get());
		}, this.loop);
	}

	/**
	 * Beat once. What counts is when the beat was sent, not when it was answered: the
	 * others start to count later than that, whatever happens on the way.
	 * @param whenLate told, before an answer counts, that it has come too late for what
	 * is held: the others may have taken it
	 * @return the crew, empty if this worker is no longer one of it
	 */
	CompletableFuture<Optional<WorkerGroup>> beat(WorkerGroup mine, Collection<String> answered, Runnable whenLate) {
		long sent = this.loop.nanoTime();
		String beating = this.id;
		return this.store.beat(mine.number(), beating, answered).thenApplyAsync((beaten) -> {
			if (beating.equals(this.id)) {
				if (isCutOff()) {
					whenLate.run();
				}
				beaten.ifPresent((seen) -> see(seen, sent));
			}
			return beaten;
		}, this.loop);
	}

	private void see(WorkerGroup seen, long sent) {
		this.workerGroup = seen;
		if (isCutOff()) {
			this.inTouchSince = this.loop.nanoTime();
		}
		if (sent - this.lastBeat > 0) {
			this.lastBeat = sent;
		}
	}

	/**
	 * Whether the others can at no time since a moment have declared this worker dead.
	 */
	boolean hasBeenInTouchSince(long moment) {
		return !isCutOff() && moment - this.inTouchSince >= 0;
	}

	/**
	 * Whether this worker has been out of touch with the store for so long that the
	 * others may have declared it dead. Safe to call from any thread.
	 * @return {@code true} if nothing may be delivered
	 */
	boolean isCutOff() {
		return this.loop.nanoTime() - this.lastBeat >= this.patience.toNanos();
	}

	/**
	 * Be in no crew any more.
	 */
	void leaveBehind() {
		this.workerGroup = null;
		this.lastBeat = this.loop.nanoTime() - this.patience.toNanos();
	}

	/**
	 * Leave the crew, and leave nothing behind if nobody else is in it.
	 */
	CompletableFuture<Void> leave() {
		WorkerGroup mine = this.workerGroup;
		if (mine == null) {
			return CompletableFuture.completedFuture(null);
		}
		CompletableFuture<Void> left = this.store.leave(mine.number(), this.id);
		return (mine.members().size() > 1) ? left
				: left.thenCompose((gone) -> this.store.disband(mine.number())).thenAccept((disbanded) -> {
				});
	}

}

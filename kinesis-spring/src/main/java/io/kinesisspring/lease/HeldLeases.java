package io.kinesisspring.lease;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.scheduling.EventLoop;

/**
 * The leases that this worker holds, and all that can happen to them: won, lost, asked
 * back, checkpointed, finished. Confined to the coordinator's loop.
 */
final class HeldLeases {

	private static final Log logger = LogFactory.getLog(LeaseCoordinator.class);

	private final GroupMembership groupMembership;

	private final LeaseStore store;

	private final EventLoop loop;

	private final LeaseHolder holder;

	private final int maxLeases;

	private final CoordinationFailureLog coordinationFailureLog;

	private final Consumer<Lease> whenFinished;

	private final Runnable whenInDoubt;

	private final Map<String, HeldLease> held = new LinkedHashMap<>();

	private final Map<String, CompletableFuture<Boolean>> claiming = new LinkedHashMap<>();

	private boolean closed;

	HeldLeases(GroupMembership groupMembership, LeaseStore store, EventLoop loop, LeaseHolder holder, int maxLeases,
			CoordinationFailureLog coordinationFailureLog, Consumer<Lease> whenFinished, Runnable whenInDoubt) {
		this.groupMembership = groupMembership;
		this.store = store;
		this.loop = loop;
		this.holder = holder;
		this.maxLeases = maxLeases;
		this.coordinationFailureLog = coordinationFailureLog;
		this.whenFinished = whenFinished;
		this.whenInDoubt = whenInDoubt;
	}

	Collection<HeldLease> all() {
		return List.copyOf(this.held.values());
	}

	boolean isEmpty() {
		return this.held.isEmpty();
	}

	/**
	 * Whether a lease is this worker's, as far as it knows, or may be in a moment.
	 */
	boolean contains(String key) {
		return this.held.containsKey(key) || this.claiming.containsKey(key);
	}

	/**
	 * How many more may be claimed.
	 */
	int capacity() {
		return this.closed ? 0 : Math.max(0, this.maxLeases - this.held.size() - this.claiming.size());
	}

	/**
	 * Tell the holder what a look at the table has come to.
	 */
	void planned(String stream, int wanted, Collection<String> free) {
		this.holder.planned(stream, wanted, (int) free.stream().filter((key) -> !contains(key)).count());
	}

	boolean isCutOff() {
		return this.groupMembership.isCutOff();
	}

	/**
	 * Claim a lease.
	 * @param seen the lease as it was seen
	 * @return whether it is now held; never exceptional
	 */
	CompletableFuture<Boolean> claim(Lease seen) {
		if (capacity() == 0 || contains(seen.key())) {
			return CompletableFuture.completedFuture(false);
		}
		long sent = this.loop.nanoTime();
		CompletableFuture<Optional<Lease>> answer = GuardedCalls
			.safely(() -> this.store.claim(seen, this.groupMembership.id()));
		CompletableFuture<Boolean> claim = answer.handleAsync((claimed, ex) -> {
			this.claiming.remove(seen.key());
			report("claim", ex);
			return (ex != null || claimed.isEmpty()) ? CompletableFuture.completedFuture(false)
					: acquire(seen, claimed.get(), sent);
		}, this.loop).thenCompose((acquired) -> acquired);
		this.claiming.put(seen.key(), claim);
		return claim;
	}

	/**
	 * What was claimed may have been finished since it was seen, by this worker itself
	 * perhaps: there is nothing left to do then. And while the answer was on its way this
	 * worker may have been declared dead, and the lease taken from it. And it may have
	 * turned out which shards come before this one, which nobody has looked at then.
	 */
	private CompletableFuture<Boolean> acquire(Lease seen, Lease claimed, long sent) {
		if (this.closed || claimed.isFinished() || !seen.parents().containsAll(claimed.parents())
				|| !this.groupMembership.hasBeenConnectedSince(sent)) {
			return this.store.release(claimed).handle((released, ex) -> false);
		}
		HeldLease mine = new HeldLease(this, claimed);
		this.held.put(claimed.key(), mine);
		try {
			this.holder.acquired(mine);
			return CompletableFuture.completedFuture(true);
		}
		catch (Throwable ex) {
			logger.error("Nobody reads under " + mine + ", which goes back", ex);
			drop(mine);
			this.holder.lost(mine);
			return this.store.release(claimed).handle((released, failure) -> false);
		}
	}

	/**
	 * Claim nothing any more, and give everything back once it has been drained, what is
	 * being claimed at this moment included.
	 */
	CompletableFuture<Void> close(Runnable whenOneIsReleased) {
		this.closed = true;
		List<CompletableFuture<?>> ends = new ArrayList<>(this.claiming.values());
		all().forEach((mine) -> ends.add(release(mine).thenRunAsync(whenOneIsReleased, this.loop)));
		return CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new));
	}

	/**
	 * Give a lease back once its shard has been drained.
	 * @return completes when it is no longer held, normally in any case
	 */
	CompletableFuture<Void> release(HeldLease mine) {
		return mine.releaseOnce(() -> this.holder.release(mine)
			.thenCompose((drained) -> this.store.release(mine.lease()))
			.handleAsync((released, ex) -> {
				drop(mine);
				report("release", ex);
				return null;
			}, this.loop));
	}

	/**
	 * Give back the leases that are asked for and that are held as the asks say.
	 */
	void answer(Set<String> requests, Consumer<String> whenAnswered) {
		for (HeldLease mine : all()) {
			String requestHandover = mine.lease().handoverRequest();
			if (!mine.isReleasing() && requests.contains(requestHandover)) {
				logger.info("Passing on " + mine);
				release(mine).thenRunAsync(() -> whenAnswered.accept(requestHandover), this.loop);
			}
		}
	}

	/**
	 * Notice what others have taken.
	 */
	void compareWith(Map<String, Lease> stored) {
		for (HeldLease mine : all()) {
			Lease now = stored.get(mine.key());
			boolean passed = now == null || (now.epoch() >= mine.lease().epoch() && !now.isHeldAs(mine.lease()));
			if (passed && !mine.isReleasing()) {
				lose(mine);
			}
		}
	}

	void loseAll() {
		all().forEach(this::lose);
	}

	void giveUp(HeldLease mine) {
		this.loop.execute(() -> lose(mine));
	}

	/**
	 * The store may still say that the lease is this worker's, and then nobody else takes
	 * it: that is to be looked at.
	 */
	private void lose(HeldLease mine) {
		if (drop(mine)) {
			this.holder.lost(mine);
			if (!this.closed) {
				this.whenInDoubt.run();
			}
		}
	}

	private boolean drop(HeldLease mine) {
		mine.gone();
		return this.held.remove(mine.key(), mine);
	}

	CompletableFuture<Boolean> checkpoint(HeldLease mine, Checkpoint checkpoint) {
		if (mine.isGone()) {
			return CompletableFuture.completedFuture(false);
		}
		Lease next = mine.next(checkpoint);
		return this.store.checkpoint(next).thenApplyAsync((stored) -> {
			this.coordinationFailureLog.recordOutcome("checkpoint", null);
			if (stored) {
				mine.update(next);
			}
			else {
				lose(mine);
			}
			if (stored && next.isFinished()) {
				finish(mine);
			}
			this.coordinationFailureLog.recordOutcome("checkpoint", null);
			return stored;
		}, this.loop).whenComplete((stored, ex) -> {
			if (ex != null) {
				this.loop.execute(() -> this.coordinationFailureLog.recordOutcome("checkpoint", ex));
			}
		});
	}

	private void finish(HeldLease mine) {
		drop(mine);
		this.loop.on(this.store.release(mine.lease()), (released, ex) -> {
			report("release", ex);
			this.whenFinished.accept(mine.lease());
		});
	}

	/**
	 * A claim or a release that failed may have taken place, or may yet.
	 */
	private void report(String what, @Nullable Throwable ex) {
		this.coordinationFailureLog.report(what, ex);
		if (ex != null && !this.closed) {
			this.whenInDoubt.run();
		}
	}

}

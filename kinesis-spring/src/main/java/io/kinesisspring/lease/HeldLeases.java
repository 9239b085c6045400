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

import io.kinesisspring.scheduling.Futures;

/**
 * The leases that this worker holds: claims, checkpoints, releases and loses them.
 * Confined to the coordinator's loop.
 */
final class HeldLeases {

	private static final Log logger = LogFactory.getLog(LeaseCoordinator.class);

	private final WorkerContext context;

	private final LeaseHolder holder;

	private final CoordinatorEvents events;

	private final Map<String, HeldLease> held = new LinkedHashMap<>();

	private final Map<String, CompletableFuture<Boolean>> claiming = new LinkedHashMap<>();

	private boolean closed;

	HeldLeases(WorkerContext context, LeaseHolder holder, CoordinatorEvents events) {
		this.context = context;
		this.holder = holder;
		this.events = events;
	}

	Collection<HeldLease> all() {
		return List.copyOf(this.held.values());
	}

	boolean isEmpty() {
		return this.held.isEmpty();
	}

	/**
	 * Whether this worker holds or is claiming a lease, as far as it knows.
	 */
	boolean contains(String key) {
		return this.held.containsKey(key) || this.claiming.containsKey(key);
	}

	/**
	 * How many more leases may be claimed.
	 */
	int capacity() {
		return this.closed ? 0
				: Math.max(0, this.context.options().maxLeases() - this.held.size() - this.claiming.size());
	}

	/**
	 * Report the result of a reconciliation to the holder.
	 */
	void planned(String stream, int wanted, Collection<String> free) {
		this.holder.planned(stream, wanted, (int) free.stream().filter((key) -> !contains(key)).count());
	}

	boolean isCutOff() {
		return this.context.membership().isCutOff();
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
		long sent = this.context.now();
		CompletableFuture<Boolean> claim = this.context.store().claim(seen, this.context.id()).handle((claimed, ex) -> {
			this.claiming.remove(seen.key());
			report("claim", ex);
			return (ex != null) ? Optional.<Lease>empty() : claimed;
		})
			.thenCompose((claimed) -> claimed.isPresent() ? acquire(seen, claimed.get(), sent)
					: CompletableFuture.completedFuture(false));
		this.claiming.put(seen.key(), claim);
		return claim;
	}

	/**
	 * Hold a claimed lease, or release it if it cannot be used: it was finished since it
	 * was seen, it got parents that nobody has checked, or others may have judged this
	 * worker dead before the response arrived.
	 */
	private CompletableFuture<Boolean> acquire(Lease seen, Lease claimed, long sent) {
		if (this.closed || claimed.isFinished() || !seen.parents().containsAll(claimed.parents())
				|| !this.context.membership().hasBeenConnectedSince(sent)) {
			return this.context.store().release(claimed).handle((released, ex) -> false);
		}
		HeldLease heldLease = new HeldLease(this, claimed);
		this.held.put(claimed.key(), heldLease);
		try {
			this.holder.acquired(heldLease);
			return CompletableFuture.completedFuture(true);
		}
		catch (Throwable ex) {
			logger.error("Could not open the shard of lease " + heldLease + "; releasing the lease", ex);
			drop(heldLease);
			this.holder.lost(heldLease);
			return this.context.store().release(claimed).handle((released, failure) -> false);
		}
	}

	/**
	 * Stop claiming, and release each lease once its shard is drained, including the
	 * leases that are being claimed.
	 */
	CompletableFuture<Void> close(Runnable whenOneIsReleased) {
		this.closed = true;
		List<CompletableFuture<?>> ends = new ArrayList<>(this.claiming.values());
		all().forEach((heldLease) -> ends.add(release(heldLease).thenRun(whenOneIsReleased)));
		return CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new));
	}

	/**
	 * Release a lease once its shard is drained.
	 * @return completes when it is no longer held, normally in any case
	 */
	CompletableFuture<Void> release(HeldLease heldLease) {
		return heldLease.releaseOnce(() -> this.holder.release(heldLease)
			.thenCompose((drained) -> this.context.store().release(heldLease.lease()))
			.handle((released, ex) -> {
				drop(heldLease);
				report("release", ex);
				return null;
			}));
	}

	/**
	 * Release the leases that are requested with the epoch under which they are held.
	 */
	void handOver(Set<String> requests, Consumer<String> whenAnswered) {
		for (HeldLease heldLease : all()) {
			String request = heldLease.lease().handoverRequest();
			if (!heldLease.isReleasing() && requests.contains(request)) {
				logger.info("Handing over lease " + heldLease);
				release(heldLease).thenRun(() -> whenAnswered.accept(request));
			}
		}
	}

	/**
	 * Lose the leases that other workers have claimed.
	 */
	void compareWith(Map<String, Lease> stored) {
		for (HeldLease heldLease : all()) {
			Lease now = stored.get(heldLease.key());
			boolean passed = now == null
					|| (now.epoch() >= heldLease.lease().epoch() && !now.isHeldAs(heldLease.lease()));
			if (passed && !heldLease.isReleasing()) {
				lose(heldLease);
			}
		}
	}

	void loseAll() {
		all().forEach(this::lose);
	}

	void giveUp(HeldLease heldLease) {
		this.context.loop().execute(() -> lose(heldLease));
	}

	/**
	 * The store may still name this worker as the owner. Then no other worker claims the
	 * lease, and the next reconciliation decides about it.
	 */
	private void lose(HeldLease heldLease) {
		if (drop(heldLease)) {
			this.holder.lost(heldLease);
			if (!this.closed) {
				this.events.onWriteInDoubt();
			}
		}
	}

	private boolean drop(HeldLease heldLease) {
		heldLease.markDropped();
		return this.held.remove(heldLease.key(), heldLease);
	}

	CompletableFuture<Boolean> checkpoint(HeldLease heldLease, Checkpoint checkpoint) {
		if (heldLease.isDropped()) {
			return CompletableFuture.completedFuture(false);
		}
		Lease next = heldLease.next(checkpoint);
		return this.context.store().checkpoint(next).thenApply((stored) -> {
			this.context.failures().recordOutcome("checkpoint", null);
			if (stored) {
				heldLease.update(next);
			}
			else {
				lose(heldLease);
			}
			if (stored && next.isFinished()) {
				finish(heldLease);
			}
			return stored;
		}).whenComplete((stored, ex) -> {
			if (ex != null) {
				this.context.failures().recordOutcome("checkpoint", ex);
			}
		});
	}

	CompletableFuture<Void> identify(HeldLease heldLease, ShardDescription shard) {
		Lease lease = heldLease.lease();
		if (heldLease.isDropped() || ShardMatch.of(lease, shard) != ShardMatch.UNIDENTIFIED) {
			return CompletableFuture.completedFuture(null);
		}
		Lease identified = lease.identifiedAs(
				Lease.initial(lease.stream(), lease.shardId(), lease.checkpoint(), shard.parents(), shard.start()));
		return this.context.store().identify(lease, identified).thenAccept((stored) -> {
			if (stored) {
				heldLease.identified(identified);
			}
		});
	}

	private void finish(HeldLease heldLease) {
		drop(heldLease);
		Futures.whenDone(this.context.loop(), this.context.store().release(heldLease.lease()), (released, ex) -> {
			report("release", ex);
			this.events.onShardFinished(heldLease.lease());
		});
	}

	/**
	 * A failed claim or release may have taken effect, or may still do so.
	 */
	private void report(String what, @Nullable Throwable ex) {
		this.context.failures().report(what, ex);
		if (ex != null && !this.closed) {
			this.events.onWriteInDoubt();
		}
	}

}

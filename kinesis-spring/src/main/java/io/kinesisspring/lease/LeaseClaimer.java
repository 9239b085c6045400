package io.kinesisspring.lease;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

import io.kinesisspring.scheduling.Futures;

/**
 * Acquires leases: claims the free ones and requests the others from their owners. It
 * limits how many it claims at once and how many this worker holds. Confined to the
 * coordinator's loop.
 */
final class LeaseClaimer {

	/** The maximum number of leases to request at once, also by a reset. */
	static final int MAX_REQUESTS = 250;

	private static final int MAX_CLAIMS = 100;

	private final WorkerContext context;

	private final HeldLeases leases;

	private final CoordinatorEvents events;

	private final HandoverRequests handoverRequests;

	LeaseClaimer(WorkerContext context, HeldLeases leases, CoordinatorEvents events) {
		this.context = context;
		this.leases = leases;
		this.events = events;
		this.handoverRequests = new HandoverRequests(context, events, this::claimReleased);
	}

	/**
	 * Choose the leases to claim now. Workers start with different leases.
	 */
	List<Lease> choose(List<Lease> claims, int known, String worker) {
		int most = Math.min(this.leases.capacity() - this.handoverRequests.open(), Math.max(MAX_CLAIMS, known / 20));
		return claims.stream()
			.sorted(Comparator.comparingInt((lease) -> (lease.key() + worker).hashCode()))
			.limit(Math.max(0, most))
			.toList();
	}

	/**
	 * Claim leases.
	 * @param chosen the leases
	 * @return completes when all are held, or are known not to be, with how many are held
	 */
	CompletableFuture<Integer> claim(List<Lease> chosen) {
		CompletableFuture<Integer> won = CompletableFuture.completedFuture(0);
		for (CompletableFuture<Boolean> claim : chosen.stream().map(this::claim).toList()) {
			won = won.thenCombine(claim, (before, claimed) -> claimed ? before + 1 : before);
		}
		return won;
	}

	private CompletableFuture<Boolean> claim(Lease lease) {
		CompletableFuture<Boolean> ready = CompletableFuture.completedFuture(true);
		for (String parent : lease.parents()) {
			ready = ready.thenCombine(find(Lease.key(lease.stream(), parent)),
					(before, found) -> before && found.filter((now) -> !now.isFinished()).isEmpty());
		}
		return ready.exceptionally((ex) -> false)
			.thenCompose((start) -> start ? this.leases.claim(lease) : CompletableFuture.completedFuture(false))
			.thenApply((claimed) -> {
				if (!claimed) {
					this.events.reconcileLater();
				}
				return claimed;
			});
	}

	private CompletableFuture<Optional<Lease>> find(String key) {
		CompletableFuture<Optional<Lease>> found = this.context.store().find(key);
		Futures.whenDone(this.context.loop(), found,
				(lease, ex) -> this.context.failures().report("read of a parent lease", ex));
		return found;
	}

	private void claimReleased(Lease lease) {
		Futures.whenDone(this.context.loop(), this.leases.claim(lease), (claimed, ex) -> {
			if (ex != null || !claimed) {
				this.events.reconcileLater();
			}
		});
	}

	/**
	 * Request leases from their owners.
	 */
	void requestHandovers(List<Lease> surplus, WorkerGroups workerGroups) {
		Map<Integer, List<Lease>> byGroup = new TreeMap<>();
		surplus.stream()
			.filter((lease) -> !this.handoverRequests.contains(lease))
			.limit(Math.max(0, Math.min(MAX_REQUESTS, this.leases.capacity()) - this.handoverRequests.open()))
			.forEach((lease) -> workerGroups.groupOf(String.valueOf(lease.owner())).ifPresent((group) -> {
				int before = byGroup.getOrDefault(group, List.of()).size();
				if (this.handoverRequests.mayRequestFrom(group) && WorkerGroup.fitsInOneRequest(lease, before)) {
					byGroup.computeIfAbsent(group, (number) -> new ArrayList<>()).add(lease);
				}
			}));
		if (!byGroup.isEmpty()) {
			this.handoverRequests.send(byGroup);
		}
	}

	/**
	 * Stop waiting for requested leases.
	 */
	void cancel() {
		this.handoverRequests.cancel();
	}

}

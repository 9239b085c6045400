package io.kinesisspring.lease;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

import io.kinesisspring.scheduling.EventLoop;

/**
 * Gets hold of leases: claims those that are free, and asks the owners of others. Not too
 * many at once, and not more than this worker may hold. Confined to the coordinator's
 * loop.
 */
final class LeaseClaimer {

	private static final int MAX_CLAIMS = 100;

	private static final int MAX_REQUESTS = 250;

	private final LeaseStore store;

	private final EventLoop loop;

	private final HeldLeases leases;

	private final CoordinationFailureLog coordinationFailureLog;

	private final Runnable whenInVain;

	private final HandoverRequests handoverRequests;

	/**
	 * Create claims.
	 * @param timeout how long an owner is waited for, in nanoseconds
	 * @param whenInVain told that another was quicker
	 * @param whenAllAnswered told that no request is open any more
	 */
	LeaseClaimer(LeaseStore store, EventLoop loop, HeldLeases leases, CoordinationFailureLog coordinationFailureLog,
			long timeout, Runnable whenInVain, Runnable whenAllAnswered) {
		this.store = store;
		this.loop = loop;
		this.leases = leases;
		this.coordinationFailureLog = coordinationFailureLog;
		this.whenInVain = whenInVain;
		this.handoverRequests = new HandoverRequests(store, loop, coordinationFailureLog, timeout, this::claimReleased,
				whenAllAnswered);
	}

	/**
	 * Choose those to claim now. Each worker begins at another one.
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
	 * @return completes when all are held, or are known not to be, with how many are
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
			.thenComposeAsync((start) -> start ? this.leases.claim(lease) : CompletableFuture.completedFuture(false),
					this.loop)
			.thenApplyAsync((claimed) -> {
				if (!claimed) {
					this.whenInVain.run();
				}
				return claimed;
			}, this.loop);
	}

	private CompletableFuture<Optional<Lease>> find(String key) {
		CompletableFuture<Optional<Lease>> found = GuardedCalls.safely(() -> this.store.find(key));
		this.loop.on(found, (lease, ex) -> this.coordinationFailureLog.report("read of a parent lease", ex));
		return found;
	}

	private void claimReleased(Lease lease) {
		this.loop.on(this.leases.claim(lease), (claimed, ex) -> {
			if (ex != null || !claimed) {
				this.whenInVain.run();
			}
		});
	}

	/**
	 * Ask the owners of leases for them.
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
	 * Ask for nothing any more.
	 */
	void cancel() {
		this.handoverRequests.cancel();
	}

}

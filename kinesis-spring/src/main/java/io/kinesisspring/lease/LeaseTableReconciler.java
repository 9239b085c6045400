package io.kinesisspring.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.scheduling.Futures;

/**
 * Reads the whole lease table and acts on it for this worker: claims free leases,
 * requests leases from workers that have too many, creates the leases of new shards, and
 * evicts dead workers. Confined to the coordinator's loop.
 */
final class LeaseTableReconciler {

	private final WorkerContext context;

	private final HeldLeases leases;

	private final ShardSync shardSync;

	private final ShardLister shardLister;

	private final WakeUpSender wakeUpSender;

	private final LeaseClaimer leaseClaimer;

	private final DeadWorkerEviction eviction;

	private final ReconcileSchedule schedule;

	private final UnassignedLeases unassigned = new UnassignedLeases();

	private WorkerGroups workerGroups;

	/** The leases as the previous reconciliation saw them. */
	private Map<String, Lease> previousLeases = Map.of();

	private boolean waitingForOwnerTimeout;

	/** Since when a lease has been free. Read by other threads for information only. */
	private volatile @Nullable Long freeSince;

	LeaseTableReconciler(WorkerContext context, HeldLeases leases, ShardSync shardSync, WakeUpSender wakeUpSender,
			CoordinatorEvents events) {
		this.context = context;
		this.leases = leases;
		this.shardSync = shardSync;
		this.shardLister = new ShardLister(context, shardSync, events);
		this.wakeUpSender = wakeUpSender;
		this.leaseClaimer = new LeaseClaimer(context, leases, events);
		this.eviction = new DeadWorkerEviction(context);
		this.schedule = new ReconcileSchedule(context, this::reconcile);
		this.workerGroups = new WorkerGroups(List.of(), context.failureDetector(), context.now());
	}

	/**
	 * When the table is read.
	 */
	ReconcileSchedule schedule() {
		return this.schedule;
	}

	/**
	 * The groups as the last reconciliation saw them.
	 */
	WorkerGroups workerGroups() {
		return this.workerGroups;
	}

	/**
	 * How long there have been leases without a holder, as far as this worker has seen.
	 * Safe to call from any thread.
	 * @return how long; zero if there are none
	 */
	Duration unclaimed() {
		Long since = this.freeSince;
		return (since != null) ? Duration.ofNanos(this.context.now() - since) : Duration.ZERO;
	}

	/**
	 * Stop reconciling.
	 * @return completes when the running reconciliation is over, normally in any case
	 */
	CompletableFuture<Void> stop() {
		this.shardLister.stop();
		this.leaseClaimer.cancel();
		return this.schedule.stop();
	}

	/**
	 * List the shards of a stream, and then reconcile.
	 */
	void listShardsAndReconcile(String stream) {
		this.shardLister.list(stream);
	}

	private CompletableFuture<Void> reconcile(boolean wakeOthers) {
		long sent = this.context.now();
		return this.context.store().load().thenCompose((table) -> apply(table, sent, wakeOthers));
	}

	/**
	 * Act on what the table shows.
	 * @param sent when the read was sent. The store may have read any row at that moment,
	 * so that silence counts only until then
	 */
	private CompletableFuture<Void> apply(LeaseTable table, long sent, boolean wakeOthers) {
		this.context.failureDetector().observe(table, this.context.now());
		if (this.schedule.isStopped() || this.context.membership().isCutOff()) {
			return CompletableFuture.completedFuture(null);
		}
		this.context.failures().unreadable(table.unreadable());
		this.workerGroups = new WorkerGroups(table.groups(), this.context.failureDetector(), sent);
		Map<String, Lease> stored = leasesByKey(table);
		this.leases.compareWith(stored);
		this.unassigned.compareWith(stored);
		ReconcilePlan plan = plan(table, sent);
		List<CompletableFuture<?>> steps = new ArrayList<>();
		this.context.streams().forEach((stream) -> steps.add(syncShards(stream, table.leasesOf(stream))));
		this.freeSince = this.unassigned.oldest();
		List<Lease> claims = plan.claims().stream().filter(this::wasHeldBefore).toList();
		steps.add(claim(claims, stored.size()));
		if (claims.size() < plan.claims().size()) {
			this.schedule.requestSoon();
		}
		this.previousLeases = stored;
		this.leaseClaimer.requestHandovers(plan.requests(), this.workerGroups);
		plan.orphans().forEach(this::releaseOrphan);
		scheduleFollowUp(plan);
		if (wakeOthers) {
			plan.underserved()
				.forEach((worker) -> this.workerGroups.groupOf(worker).ifPresent(this.wakeUpSender::wakeUp));
		}
		if (isFirstMember()) {
			this.eviction.run(table, sent);
		}
		return CompletableFuture.allOf(steps.toArray(CompletableFuture[]::new)).thenRun(() -> reportPlan(plan));
	}

	private Map<String, Lease> leasesByKey(LeaseTable table) {
		Map<String, Lease> leasesByKey = new HashMap<>();
		table.leases().forEach((lease) -> leasesByKey.put(lease.key(), lease));
		this.context.streams()
			.forEach((stream) -> table.leasesOf(stream).forEach((lease) -> leasesByKey.put(lease.key(), lease)));
		return leasesByKey;
	}

	private ReconcilePlan plan(LeaseTable table, long sent) {
		ReconcilePlan plan = new ReconcilePlan(this.context.id(), this.workerGroups, this.unassigned,
				(key) -> this.leases.contains(key) || table.unreadable().containsKey(key), sent);
		Set<String> pending = new TreeSet<>();
		for (String stream : this.context.streams()) {
			pending.addAll(this.shardSync.pending(stream, table.leasesOf(stream), this::isHeld));
		}
		plan.of(this.context.streams(), table.leases(), pending);
		return plan;
	}

	private boolean isHeld(Lease lease) {
		return lease.owner() != null && this.workerGroups.isAlive(lease.owner());
	}

	/**
	 * Only the first member of a group reports free leases, so that they are counted
	 * once.
	 */
	private void reportPlan(ReconcilePlan reconcilePlan) {
		reconcilePlan.plans()
			.forEach((stream, plan) -> this.leases.planned(stream, plan.wanted(),
					isFirstMember() ? plan.free() : List.of()));
	}

	private CompletableFuture<?> syncShards(String stream, List<Lease> leases) {
		if (this.shardSync.isBehind(stream, leases)) {
			this.shardLister.list(stream);
		}
		return this.shardSync.apply(stream, leases, this::isHeld, this.context.id()).thenAccept((incomplete) -> {
			if (incomplete) {
				this.schedule.request(false);
			}
		}).exceptionally((ex) -> {
			this.context.failures().report("shard synchronization", ex);
			return null;
		});
	}

	/**
	 * Whether a dead owner held the lease already at the previous reconciliation. The
	 * owner may have recovered during the scan, after its heartbeat was read and before
	 * its leases were read. A lease that it has claimed since then is not free.
	 */
	private boolean wasHeldBefore(Lease lease) {
		if (lease.owner() == null || lease.owner().equals(this.context.id())) {
			return true;
		}
		Lease previous = this.previousLeases.get(lease.key());
		return previous != null && previous.isHeldAs(lease);
	}

	/**
	 * Claim some of the leases. If at least one was won, the rest follows at once.
	 */
	private CompletableFuture<Void> claim(List<Lease> found, int known) {
		List<Lease> chosen = this.leaseClaimer.choose(found, known, this.context.id());
		return this.leaseClaimer.claim(chosen).thenAccept((won) -> {
			if (won == chosen.size()) {
				this.schedule.claimsSucceeded();
			}
			if (won > 0 && chosen.size() < found.size()) {
				this.schedule.request(false);
			}
		});
	}

	private void releaseOrphan(Lease orphan) {
		Futures.whenDone(this.context.loop(), this.context.store().release(orphan),
				(done, ex) -> this.context.failures().report("release", ex));
	}

	private void scheduleFollowUp(ReconcilePlan plan) {
		if (plan.isIncomplete()) {
			this.schedule.requestSoon();
		}
		Long timeUntilOwnerDead = plan.timeUntilOwnerDead();
		if (timeUntilOwnerDead != null && !this.waitingForOwnerTimeout) {
			this.waitingForOwnerTimeout = true;
			this.schedule.requestAfter(Duration.ofNanos(timeUntilOwnerDead), () -> this.waitingForOwnerTimeout = false);
		}
	}

	/**
	 * Whether this worker is the first living member of its group. That member does the
	 * work that one member of each group has to do.
	 */
	boolean isFirstMember() {
		WorkerGroup workerGroup = this.context.membership().group();
		return workerGroup != null && this.context.id().equals(firstLivingMemberOf(workerGroup));
	}

	private @Nullable String firstLivingMemberOf(WorkerGroup workerGroup) {
		long now = this.context.now();
		return workerGroup.members()
			.stream()
			.filter((worker) -> this.context.failureDetector().isAlive(worker, now))
			.findFirst()
			.orElse(null);
	}

}

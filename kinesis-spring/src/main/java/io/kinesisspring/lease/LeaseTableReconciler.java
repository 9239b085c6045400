package io.kinesisspring.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.scheduling.EventLoop;

/**
 * Reads the whole table and does this worker's part of what it shows: claims what is free
 * and its own by the plan, asks for what others have too much of, creates the leases of
 * new shards, buries the dead. One reconciliation at a time; whoever wants one meanwhile
 * gets the next. Confined to the coordinator's loop.
 */
final class LeaseTableReconciler {

	private final List<String> streams;

	private final LeaseStore store;

	private final EventLoop loop;

	private final GroupMembership groupMembership;

	private final FailureDetector failureDetector;

	private final HeldLeases leases;

	private final ShardSync shardSync;

	private final CoordinationFailureLog coordinationFailureLog;

	private final WakeUpSender wakeUpSender;

	private final LeaseClaimer leaseClaimer;

	private final UnassignedLeases free = new UnassignedLeases();

	private WorkerGroups workerGroups;

	/** The leases as the reconciliation before saw them. */
	private Map<String, Lease> leasesBefore = Map.of();

	private @Nullable CompletableFuture<Void> running;

	private boolean wanted;

	private boolean wantedToWakeOthers;

	private boolean soonScheduled;

	private boolean laterScheduled;

	private boolean backingOff;

	private final RetryBackOff loadBackOff;

	private final RetryBackOff failureBackOff;

	private final Map<String, RetryBackOff> listingBackOffs = new HashMap<>();

	private final Set<String> listingAgain = new HashSet<>();

	private boolean waitingForOwnerTimeout;

	private boolean stopped;

	private long lastReconciledAt;

	/** Since when a lease has been free, for others to see; nothing is decided by it. */
	private volatile @Nullable Long freeSince;

	LeaseTableReconciler(List<String> streams, LeaseStore store, EventLoop loop, GroupMembership groupMembership,
			FailureDetector failureDetector, HeldLeases leases, ShardSync shardSync,
			CoordinationFailureLog coordinationFailureLog, WakeUpSender wakeUpSender, LeaseOptions options) {
		this.streams = streams;
		this.store = store;
		this.loop = loop;
		this.groupMembership = groupMembership;
		this.failureDetector = failureDetector;
		this.leases = leases;
		this.shardSync = shardSync;
		this.coordinationFailureLog = coordinationFailureLog;
		this.wakeUpSender = wakeUpSender;
		this.loadBackOff = new RetryBackOff(loop);
		this.failureBackOff = new RetryBackOff(loop);
		this.leaseClaimer = new LeaseClaimer(store, loop, leases, coordinationFailureLog,
				options.failoverAfter().toNanos(), this::reconcileLater, () -> reconcile(false));
		this.workerGroups = new WorkerGroups(List.of(), failureDetector, loop.nanoTime());
	}

	/**
	 * The groups as the last reconciliation saw them.
	 */
	WorkerGroups workerGroups() {
		return this.workerGroups;
	}

	long lastReconciledAt() {
		return this.lastReconciledAt;
	}

	/**
	 * For how long there have been leases that nobody holds, as far as this worker has
	 * seen; zero if there are none. Safe to call from any thread.
	 */
	Duration unclaimed() {
		Long since = this.freeSince;
		return (since != null) ? Duration.ofNanos(this.loop.nanoTime() - since) : Duration.ZERO;
	}

	/**
	 * Stop sweeping.
	 * @return completes when the reconciliation that is under way is over, normally in
	 * any case
	 */
	CompletableFuture<Void> stop() {
		this.stopped = true;
		this.leaseClaimer.cancel();
		return (this.running != null) ? this.running.exceptionally((ex) -> null)
				: CompletableFuture.completedFuture(null);
	}

	/**
	 * Sweep as soon as possible: not while another reconciliation is under way, nor
	 * before the pause is over that the last failure asks for.
	 * @param wakeOthers whether the others may not know yet what there is to see
	 */
	void reconcile(boolean wakeOthers) {
		if (this.stopped) {
			return;
		}
		if (this.running != null || this.backingOff) {
			this.wanted = true;
			this.wantedToWakeOthers |= wakeOthers;
			return;
		}
		begin(wakeOthers);
	}

	/**
	 * Sweep in a while: something did not go as planned. The more often that is so, the
	 * longer it takes.
	 */
	void reconcileLater() {
		if (!this.laterScheduled && !this.stopped) {
			this.laterScheduled = true;
			this.loop.schedule(this.failureBackOff.next(), () -> {
				this.laterScheduled = false;
				reconcile(true);
			});
		}
	}

	/**
	 * Sweep in a moment: something has been left to others.
	 */
	private void reconcileSoon() {
		if (!this.soonScheduled && !this.stopped) {
			this.soonScheduled = true;
			this.loop.schedule(UnassignedLeases.GRACE, () -> {
				this.soonScheduled = false;
				reconcile(true);
			});
		}
	}

	/**
	 * Sweep until there is nothing left to do at once.
	 * @return completes when it is so, or when a reconciliation has failed and is tried
	 * again
	 */
	CompletableFuture<Void> settle() {
		reconcile(false);
		return settled();
	}

	private CompletableFuture<Void> settled() {
		return (this.running != null)
				? this.running.handle((reconciled, ex) -> null).thenComposeAsync((reconciled) -> settled(), this.loop)
				: CompletableFuture.completedFuture(null);
	}

	private void begin(boolean wakeOthers) {
		long sent = this.loop.nanoTime();
		this.lastReconciledAt = sent;
		CompletableFuture<Void> reconcile = GuardedCalls.safely(this.store::load)
			.thenComposeAsync((table) -> apply(table, sent, wakeOthers), this.loop);
		this.running = reconcile.whenCompleteAsync((reconciled, ex) -> onReconciled(ex), this.loop);
	}

	private void onReconciled(@Nullable Throwable ex) {
		this.running = null;
		this.coordinationFailureLog.report("lease table", ex);
		if (ex == null) {
			this.loadBackOff.succeeded();
			reconcileIfRequested();
			return;
		}
		this.backingOff = true;
		this.wanted = true;
		this.wantedToWakeOthers = true;
		this.loop.schedule(this.loadBackOff.next(), () -> {
			this.backingOff = false;
			reconcileIfRequested();
		});
	}

	private void reconcileIfRequested() {
		if (this.wanted) {
			boolean wakeOthers = this.wantedToWakeOthers;
			this.wanted = false;
			this.wantedToWakeOthers = false;
			reconcile(wakeOthers);
		}
	}

	/**
	 * Do what the table shows.
	 * @param sent when it was asked for: any row may have been read as early as that, so
	 * that nobody is known to have been silent for longer
	 */
	private CompletableFuture<Void> apply(LeaseTable table, long sent, boolean wakeOthers) {
		this.failureDetector.observe(table, this.loop.nanoTime());
		if (this.stopped || this.groupMembership.isCutOff()) {
			return CompletableFuture.completedFuture(null);
		}
		this.coordinationFailureLog.unreadable(table.unreadable());
		this.workerGroups = new WorkerGroups(table.groups(), this.failureDetector, sent);
		Map<String, Lease> stored = new HashMap<>();
		table.leases().forEach((lease) -> stored.put(lease.key(), lease));
		this.streams.forEach((stream) -> table.leasesOf(stream).forEach((lease) -> stored.put(lease.key(), lease)));
		this.leases.compareWith(stored);
		this.free.compareWith(stored);
		ReconcilePlan reconcilePlan = new ReconcilePlan(this.groupMembership.id(), this.workerGroups,
				this.failureDetector, this.free,
				(key) -> this.leases.contains(key) || table.unreadable().containsKey(key), sent);
		List<CompletableFuture<?>> steps = new ArrayList<>();
		Set<String> pending = new TreeSet<>();
		for (String stream : this.streams) {
			pending.addAll(this.shardSync.pending(stream, table.leasesOf(stream), this::isHeld));
		}
		reconcilePlan.of(this.streams, table.leases(), pending);
		this.streams.forEach((stream) -> steps.add(syncShards(stream, table.leasesOf(stream))));
		this.freeSince = this.free.oldest();
		steps.add(claim(reconcilePlan.claims().stream().filter(this::wasThereBefore).toList(), stored.size()));
		if (!reconcilePlan.claims().stream().allMatch(this::wasThereBefore)) {
			reconcileSoon();
		}
		this.leasesBefore = stored;
		this.leaseClaimer.requestHandovers(reconcilePlan.requests(), this.workerGroups);
		reconcilePlan.orphans().forEach((orphan) -> reportFailure("release", () -> this.store.release(orphan)));
		scheduleFollowUp(reconcilePlan);
		if (wakeOthers) {
			reconcilePlan.underserved()
				.forEach((worker) -> this.workerGroups.groupOf(worker).ifPresent(this.wakeUpSender::wakeUp));
		}
		if (isLeader()) {
			evictDeadWorkers(table, sent);
		}
		return CompletableFuture.allOf(steps.toArray(CompletableFuture[]::new))
			.thenRunAsync(() -> reportPlan(reconcilePlan), this.loop);
	}

	private boolean isHeld(Lease lease) {
		return lease.owner() != null && this.workerGroups.isAlive(lease.owner());
	}

	/**
	 * Of what is free one of a group tells, so that it is counted once.
	 */
	private void reportPlan(ReconcilePlan reconcilePlan) {
		reconcilePlan.plans()
			.forEach(
					(stream, plan) -> this.leases.planned(stream, plan.wanted(), isLeader() ? plan.free() : List.of()));
	}

	private CompletableFuture<?> syncShards(String stream, List<Lease> leases) {
		if (this.shardSync.isBehind(stream, leases)) {
			listShardsAndReconcile(stream);
		}
		return this.shardSync.apply(stream, leases, this::isHeld, this.groupMembership.id())
			.thenAcceptAsync((again) -> {
				if (again) {
					reconcile(false);
				}
			}, this.loop)
			.exceptionally((ex) -> {
				this.loop.execute(() -> this.coordinationFailureLog.report("shard synchronization", ex));
				return null;
			});
	}

	/**
	 * List the shards of a stream again, and then reconciliation.
	 */
	void listShardsAndReconcile(String stream) {
		this.loop.on(GuardedCalls.safely(() -> this.shardSync.list(stream)), (listed, ex) -> {
			this.coordinationFailureLog.report("shard listing", ex);
			RetryBackOff retryBackOff = this.listingBackOffs.computeIfAbsent(stream,
					(name) -> new RetryBackOff(this.loop));
			if (ex == null) {
				retryBackOff.succeeded();
				reconcile(true);
			}
			else if (!this.stopped && this.listingAgain.add(stream)) {
				if (retryBackOff.failures() == 0) {
					reconcile(true);
				}
				this.loop.schedule(retryBackOff.next(), () -> {
					this.listingAgain.remove(stream);
					listShardsAndReconcile(stream);
				});
			}
		});
	}

	/**
	 * An owner that counts as dead may have come back after its heartbeats were read and
	 * before its lease was, by the same scan: it holds what it has claimed since. Only
	 * what it had before is free.
	 */
	private boolean wasThereBefore(Lease lease) {
		if (lease.owner() == null || lease.owner().equals(this.groupMembership.id())) {
			return true;
		}
		Lease last = this.leasesBefore.get(lease.key());
		return last != null && last.isHeldAs(lease);
	}

	/**
	 * Claim some of what was found, and come back for the rest at once unless none of it
	 * could be had.
	 */
	private CompletableFuture<Void> claim(List<Lease> found, int known) {
		List<Lease> chosen = this.leaseClaimer.choose(found, known, this.groupMembership.id());
		return this.leaseClaimer.claim(chosen).thenAcceptAsync((won) -> {
			if (won == chosen.size()) {
				this.failureBackOff.succeeded();
			}
			if (won > 0 && chosen.size() < found.size()) {
				reconcile(false);
			}
		}, this.loop);
	}

	private void reportFailure(String what, Supplier<CompletableFuture<Boolean>> call) {
		this.loop.on(GuardedCalls.safely(call), (done, ex) -> this.coordinationFailureLog.report(what, ex));
	}

	private void scheduleFollowUp(ReconcilePlan reconcilePlan) {
		if (reconcilePlan.isIncomplete()) {
			reconcileSoon();
		}
		Long timeUntilOwnerDead = reconcilePlan.timeUntilOwnerDead();
		if (timeUntilOwnerDead != null && !this.waitingForOwnerTimeout) {
			this.waitingForOwnerTimeout = true;
			this.loop.schedule(Duration.ofNanos(timeUntilOwnerDead), () -> {
				this.waitingForOwnerTimeout = false;
				reconcile(true);
			});
		}
	}

	/**
	 * Whether this worker does what one of a group has to do.
	 */
	boolean isLeader() {
		WorkerGroup workerGroup = this.groupMembership.group();
		return workerGroup != null && this.groupMembership.id().equals(leaderOf(workerGroup));
	}

	private @Nullable String leaderOf(WorkerGroup workerGroup) {
		long now = this.loop.nanoTime();
		return workerGroup.members()
			.stream()
			.filter((worker) -> this.failureDetector.isAlive(worker, now))
			.findFirst()
			.orElse(null);
	}

	/**
	 * The dead are buried when nothing is left of them in the table. Crews without
	 * members are disbanded.
	 */
	private void evictDeadWorkers(LeaseTable table, long asOf) {
		Set<String> owners = new TreeSet<>();
		table.leases().stream().map(Lease::owner).filter((owner) -> owner != null).forEach(owners::add);
		for (WorkerGroup workerGroup : table.groups()) {
			workerGroup.heartbeats().forEach((worker, heartbeat) -> {
				boolean dead = !this.failureDetector.isAlive(worker, asOf) && !worker.equals(this.groupMembership.id());
				if (dead && (!owners.contains(worker) || this.failureDetector.isLongDead(worker, asOf))) {
					reportFailure("eviction of a dead worker",
							() -> this.store.evict(workerGroup.number(), worker, heartbeat));
				}
			});
			if (workerGroup.members().isEmpty()) {
				reportFailure("removal of an empty worker group", () -> this.store.removeGroup(workerGroup.number()));
			}
		}
	}

}

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
 * new shards, buries the dead. One sweep at a time; whoever wants one meanwhile gets the
 * next. Confined to the coordinator's loop.
 */
final class Reconciler {

	private final List<String> streams;

	private final LeaseStore store;

	private final EventLoop loop;

	private final Membership membership;

	private final FailureDetector failureDetector;

	private final HeldLeases leases;

	private final ShardSync shardSync;

	private final CoordinationFailureLog coordinationFailureLog;

	private final WakeUps wakeUps;

	private final LeaseClaimer leaseClaimer;

	private final UnassignedLeases free = new UnassignedLeases();

	private WorkerGroups workerGroups;

	/** The leases as the sweep before saw them. */
	private Map<String, Lease> before = Map.of();

	private @Nullable CompletableFuture<Void> underWay;

	private boolean wanted;

	private boolean wantedByMe;

	private boolean soon;

	private boolean later;

	private boolean resting;

	private final RetryBackOff loads;

	private final RetryBackOff failures;

	private final Map<String, RetryBackOff> listings = new HashMap<>();

	private final Set<String> listingAgain = new HashSet<>();

	private boolean waitingForSilence;

	private boolean stopped;

	private long lastSweep;

	/** Since when a lease has been free, for others to see; nothing is decided by it. */
	private volatile @Nullable Long freeSince;

	Reconciler(List<String> streams, LeaseStore store, EventLoop loop, Membership membership,
			FailureDetector failureDetector, HeldLeases leases, ShardSync shardSync,
			CoordinationFailureLog coordinationFailureLog, WakeUps wakeUps, LeaseOptions options) {
		this.streams = streams;
		this.store = store;
		this.loop = loop;
		this.membership = membership;
		this.failureDetector = failureDetector;
		this.leases = leases;
		this.shardSync = shardSync;
		this.coordinationFailureLog = coordinationFailureLog;
		this.wakeUps = wakeUps;
		this.loads = new RetryBackOff(loop);
		this.failures = new RetryBackOff(loop);
		this.leaseClaimer = new LeaseClaimer(store, loop, leases, coordinationFailureLog,
				options.failoverAfter().toNanos(), this::sweepLater, () -> sweep(false));
		this.workerGroups = new WorkerGroups(List.of(), failureDetector, loop.nanoTime());
	}

	/**
	 * The crews as the last sweep saw them.
	 */
	WorkerGroups fleet() {
		return this.workerGroups;
	}

	long lastSweep() {
		return this.lastSweep;
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
	 * @return completes when the sweep that is under way is over, normally in any case
	 */
	CompletableFuture<Void> stop() {
		this.stopped = true;
		this.leaseClaimer.cancel();
		return (this.underWay != null) ? this.underWay.exceptionally((ex) -> null)
				: CompletableFuture.completedFuture(null);
	}

	/**
	 * Sweep as soon as possible: not while another sweep is under way, nor before the
	 * pause is over that the last failure asks for.
	 * @param onMyOwn whether the others may not know yet what there is to see
	 */
	void sweep(boolean onMyOwn) {
		if (this.stopped) {
			return;
		}
		if (this.underWay != null || this.resting) {
			this.wanted = true;
			this.wantedByMe |= onMyOwn;
			return;
		}
		begin(onMyOwn);
	}

	/**
	 * Sweep in a while: something did not go as planned. The more often that is so, the
	 * longer it takes.
	 */
	void sweepLater() {
		if (!this.later && !this.stopped) {
			this.later = true;
			this.loop.schedule(this.failures.next(), () -> {
				this.later = false;
				sweep(true);
			});
		}
	}

	/**
	 * Sweep in a moment: something has been left to others.
	 */
	private void sweepSoon() {
		if (!this.soon && !this.stopped) {
			this.soon = true;
			this.loop.schedule(UnassignedLeases.GRACE, () -> {
				this.soon = false;
				sweep(true);
			});
		}
	}

	/**
	 * Sweep until there is nothing left to do at once.
	 * @return completes when it is so, or when a sweep has failed and is tried again
	 */
	CompletableFuture<Void> settle() {
		sweep(false);
		return settled();
	}

	private CompletableFuture<Void> settled() {
		return (this.underWay != null)
				? this.underWay.handle((swept, ex) -> null).thenComposeAsync((swept) -> settled(), this.loop)
				: CompletableFuture.completedFuture(null);
	}

	private void begin(boolean onMyOwn) {
		long sent = this.loop.nanoTime();
		this.lastSweep = sent;
		CompletableFuture<Void> sweep = GuardedCalls.safely(this.store::load)
			.thenComposeAsync((table) -> apply(table, sent, onMyOwn), this.loop);
		this.underWay = sweep.whenCompleteAsync((swept, ex) -> end(ex), this.loop);
	}

	private void end(@Nullable Throwable ex) {
		this.underWay = null;
		this.coordinationFailureLog.report("lease table", ex);
		if (ex == null) {
			this.loads.succeeded();
			goOn();
			return;
		}
		this.resting = true;
		this.wanted = true;
		this.wantedByMe = true;
		this.loop.schedule(this.loads.next(), () -> {
			this.resting = false;
			goOn();
		});
	}

	private void goOn() {
		if (this.wanted) {
			boolean onMyOwn = this.wantedByMe;
			this.wanted = false;
			this.wantedByMe = false;
			sweep(onMyOwn);
		}
	}

	/**
	 * Do what the table shows.
	 * @param sent when it was asked for: any row may have been read as early as that, so
	 * that nobody is known to have been silent for longer
	 */
	private CompletableFuture<Void> apply(LeaseTable table, long sent, boolean onMyOwn) {
		this.failureDetector.observe(table, this.loop.nanoTime());
		if (this.stopped || this.membership.isCutOff()) {
			return CompletableFuture.completedFuture(null);
		}
		this.coordinationFailureLog.unreadable(table.unreadable());
		this.workerGroups = new WorkerGroups(table.crews(), this.failureDetector, sent);
		Map<String, Lease> stored = new HashMap<>();
		table.leases().forEach((lease) -> stored.put(lease.key(), lease));
		this.streams.forEach((stream) -> table.leasesOf(stream).forEach((lease) -> stored.put(lease.key(), lease)));
		this.leases.compareWith(stored);
		this.free.compareWith(stored);
		ReconcilePlan reconcilePlan = new ReconcilePlan(this.membership.id(), this.workerGroups, this.failureDetector,
				this.free, (key) -> this.leases.contains(key) || table.unreadable().containsKey(key), sent);
		List<CompletableFuture<?>> steps = new ArrayList<>();
		Set<String> pending = new TreeSet<>();
		for (String stream : this.streams) {
			pending.addAll(this.shardSync.pending(stream, table.leasesOf(stream), this::isHeld));
		}
		reconcilePlan.of(this.streams, table.leases(), pending);
		this.streams.forEach((stream) -> steps.add(keepInStep(stream, table.leasesOf(stream))));
		this.freeSince = this.free.oldest();
		steps.add(claim(reconcilePlan.claims().stream().filter(this::wasThereBefore).toList(), stored.size()));
		if (!reconcilePlan.claims().stream().allMatch(this::wasThereBefore)) {
			sweepSoon();
		}
		this.before = stored;
		this.leaseClaimer.ask(reconcilePlan.asks(), this.workerGroups);
		reconcilePlan.strays().forEach((stray) -> tried("release", () -> this.store.release(stray)));
		comeBack(reconcilePlan);
		if (onMyOwn) {
			reconcilePlan.lacking().forEach((worker) -> this.workerGroups.crewOf(worker).ifPresent(this.wakeUps::ring));
		}
		if (isFirst()) {
			buryTheDead(table, sent);
		}
		return CompletableFuture.allOf(steps.toArray(CompletableFuture[]::new))
			.thenRunAsync(() -> tell(reconcilePlan), this.loop);
	}

	private boolean isHeld(Lease lease) {
		return lease.owner() != null && this.workerGroups.isAlive(lease.owner());
	}

	/**
	 * Of what is free one of a crew tells, so that it is counted once.
	 */
	private void tell(ReconcilePlan reconcilePlan) {
		reconcilePlan.plans()
			.forEach((stream, plan) -> this.leases.planned(stream, plan.wanted(), isFirst() ? plan.free() : List.of()));
	}

	private CompletableFuture<?> keepInStep(String stream, List<Lease> leases) {
		if (this.shardSync.isBehind(stream, leases)) {
			listAndSweep(stream);
		}
		return this.shardSync.apply(stream, leases, this::isHeld, this.membership.id()).thenAcceptAsync((again) -> {
			if (again) {
				sweep(false);
			}
		}, this.loop).exceptionally((ex) -> {
			this.loop.execute(() -> this.coordinationFailureLog.report("shard synchronization", ex));
			return null;
		});
	}

	/**
	 * List the shards of a stream again, and then sweep.
	 */
	void listAndSweep(String stream) {
		this.loop.on(GuardedCalls.safely(() -> this.shardSync.list(stream)), (listed, ex) -> {
			this.coordinationFailureLog.report("shard listing", ex);
			RetryBackOff retryBackOff = this.listings.computeIfAbsent(stream, (name) -> new RetryBackOff(this.loop));
			if (ex == null) {
				retryBackOff.succeeded();
				sweep(true);
			}
			else if (!this.stopped && this.listingAgain.add(stream)) {
				if (retryBackOff.failures() == 0) {
					sweep(true);
				}
				this.loop.schedule(retryBackOff.next(), () -> {
					this.listingAgain.remove(stream);
					listAndSweep(stream);
				});
			}
		});
	}

	/**
	 * An owner that counts as dead may have come back after its beats were read and
	 * before its lease was, by the same scan: it holds what it has claimed since. Only
	 * what it had before is free.
	 */
	private boolean wasThereBefore(Lease lease) {
		if (lease.owner() == null || lease.owner().equals(this.membership.id())) {
			return true;
		}
		Lease last = this.before.get(lease.key());
		return last != null && last.isHeldAs(lease);
	}

	/**
	 * Claim some of what was found, and come back for the rest at once unless none of it
	 * could be had.
	 */
	private CompletableFuture<Void> claim(List<Lease> found, int known) {
		List<Lease> chosen = this.leaseClaimer.choose(found, known, this.membership.id());
		return this.leaseClaimer.claim(chosen).thenAcceptAsync((won) -> {
			if (won == chosen.size()) {
				this.failures.succeeded();
			}
			if (won > 0 && chosen.size() < found.size()) {
				sweep(false);
			}
		}, this.loop);
	}

	private void tried(String what, Supplier<CompletableFuture<Boolean>> call) {
		this.loop.on(GuardedCalls.safely(call), (done, ex) -> this.coordinationFailureLog.report(what, ex));
	}

	private void comeBack(ReconcilePlan reconcilePlan) {
		if (reconcilePlan.isIncomplete()) {
			sweepSoon();
		}
		Long silence = reconcilePlan.silence();
		if (silence != null && !this.waitingForSilence) {
			this.waitingForSilence = true;
			this.loop.schedule(Duration.ofNanos(silence), () -> {
				this.waitingForSilence = false;
				sweep(true);
			});
		}
	}

	/**
	 * Whether this worker does what one of a crew has to do.
	 */
	boolean isFirst() {
		WorkerGroup workerGroup = this.membership.crew();
		return workerGroup != null && this.membership.id().equals(firstOf(workerGroup));
	}

	private @Nullable String firstOf(WorkerGroup workerGroup) {
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
	private void buryTheDead(LeaseTable table, long asOf) {
		Set<String> owners = new TreeSet<>();
		table.leases().stream().map(Lease::owner).filter((owner) -> owner != null).forEach(owners::add);
		for (WorkerGroup workerGroup : table.crews()) {
			workerGroup.beats().forEach((worker, beat) -> {
				boolean dead = !this.failureDetector.isAlive(worker, asOf) && !worker.equals(this.membership.id());
				if (dead && (!owners.contains(worker) || this.failureDetector.isLongDead(worker, asOf))) {
					tried("burial of the dead", () -> this.store.bury(workerGroup.number(), worker, beat));
				}
			});
			if (workerGroup.members().isEmpty()) {
				tried("end of a crew", () -> this.store.disband(workerGroup.number()));
			}
		}
	}

}

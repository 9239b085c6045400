package io.kinesisspring.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.scheduling.EventLoop;

/**
 * Reads the whole table and does this worker's part of what it shows: claims what is free
 * and its own by the plan, asks for what others have too much of, creates the leases of
 * new shards, buries the dead. One sweep at a time; whoever wants one meanwhile gets the
 * next. Confined to the coordinator's loop.
 */
final class Sweeper {

	/**
	 * How long a free lease is left to the worker that it is meant for. After that
	 * anybody may have it who sees it: a shard must not wait for the balance.
	 */
	private static final Duration GRACE = Duration.ofMillis(500);

	private static final Duration RETRY = Duration.ofSeconds(5);

	private static final int MOST_CLAIMS = 100;

	private static final int MOST_ASKS = 250;

	private final List<String> streams;

	private final LeaseStore store;

	private final EventLoop loop;

	private final Membership membership;

	private final Watch watch;

	private final LeasesInHand leases;

	private final ShardSync shardSync;

	private final Reports reports;

	private final Bells bells;

	private final Requests requests;

	private final Map<String, Sighting> free = new HashMap<>();

	private Fleet fleet;

	private @Nullable CompletableFuture<Void> underWay;

	private boolean wanted;

	private boolean wantedByMe;

	private boolean soon;

	private boolean waitingForSilence;

	private boolean stopped;

	private long lastSweep;

	/** Since when a lease has been free, for others to see; nothing is decided by it. */
	private volatile @Nullable Long freeSince;

	Sweeper(List<String> streams, LeaseStore store, EventLoop loop, Membership membership, Watch watch,
			LeasesInHand leases, ShardSync shardSync, Reports reports, Bells bells, LeaseOptions options) {
		this.streams = streams;
		this.store = store;
		this.loop = loop;
		this.membership = membership;
		this.watch = watch;
		this.leases = leases;
		this.shardSync = shardSync;
		this.reports = reports;
		this.bells = bells;
		this.requests = new Requests(store, loop, options.failoverAfter().toNanos(), this::claimReleased,
				() -> sweep(false));
		this.fleet = new Fleet(List.of(), watch, loop.nanoTime());
	}

	/**
	 * The crews as the last sweep saw them.
	 */
	Fleet fleet() {
		return this.fleet;
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
		this.requests.cancel();
		return (this.underWay != null) ? this.underWay.exceptionally((ex) -> null)
				: CompletableFuture.completedFuture(null);
	}

	/**
	 * Sweep as soon as possible.
	 * @param onMyOwn whether the others may not know yet what there is to see
	 */
	void sweep(boolean onMyOwn) {
		if (this.stopped) {
			return;
		}
		if (this.underWay != null) {
			this.wanted = true;
			this.wantedByMe |= onMyOwn;
			return;
		}
		this.loop.on(begin(onMyOwn), (swept, ex) -> {
			this.reports.report("lease table", ex);
			if (ex != null) {
				sweepSoon();
			}
		});
	}

	/**
	 * Sweep in a moment: something did not go as planned, or has been left to others.
	 */
	void sweepSoon() {
		if (!this.soon && !this.stopped) {
			this.soon = true;
			this.loop.schedule(GRACE, () -> {
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

	private CompletableFuture<Void> begin(boolean onMyOwn) {
		this.lastSweep = this.loop.nanoTime();
		CompletableFuture<Void> sweep = this.store.load().thenComposeAsync((table) -> apply(table, onMyOwn), this.loop);
		CompletableFuture<Void> over = sweep.whenCompleteAsync((swept, ex) -> goOn(), this.loop);
		this.underWay = over;
		return over;
	}

	private void goOn() {
		this.underWay = null;
		if (this.wanted) {
			boolean onMyOwn = this.wantedByMe;
			this.wanted = false;
			this.wantedByMe = false;
			sweep(onMyOwn);
		}
	}

	private CompletableFuture<Void> apply(LeaseTable table, boolean onMyOwn) {
		long now = this.loop.nanoTime();
		this.watch.observe(table, now);
		if (this.stopped || this.membership.isCutOff()) {
			return CompletableFuture.completedFuture(null);
		}
		this.fleet = new Fleet(table.crews(), this.watch, now);
		Map<String, Lease> stored = new HashMap<>();
		table.leases().forEach((lease) -> stored.put(lease.key(), lease));
		this.leases.compareWith(stored);
		this.free.entrySet().removeIf((sighting) -> !sighting.getValue().isStill(stored.get(sighting.getKey())));
		Findings findings = new Findings();
		List<CompletableFuture<?>> steps = new ArrayList<>();
		for (String stream : this.streams) {
			List<Lease> ofStream = table.leasesOf(stream);
			balance(stream, ofStream, now, findings);
			if (this.shardSync.isBehind(ofStream)) {
				listAndSweep(stream);
			}
			steps.add(this.shardSync.apply(stream, ofStream, this.membership.id()).thenAcceptAsync((again) -> {
				if (again) {
					sweep(false);
				}
			}, this.loop).exceptionally((ex) -> {
				this.loop.execute(() -> this.reports.report("shard synchronization", ex));
				return null;
			}));
		}
		this.freeSince = this.free.values().stream().map(Sighting::since).min(Long::compare).orElse(null);
		steps.add(claim(findings.claims, stored));
		ask(findings.asks);
		findings.strays.forEach(this.store::release);
		if (onMyOwn) {
			findings.lacking.forEach((worker) -> this.fleet.crewOf(worker).ifPresent(this.bells::ring));
		}
		if (isFirst()) {
			buryTheDead(table, now);
		}
		return CompletableFuture.allOf(steps.toArray(CompletableFuture[]::new));
	}

	/**
	 * List the shards of a stream again, and then sweep.
	 */
	void listAndSweep(String stream) {
		this.loop.on(this.shardSync.list(stream), (listed, ex) -> {
			this.reports.report("shard listing", ex);
			if (ex != null && !this.stopped) {
				this.loop.schedule(RETRY, () -> listAndSweep(stream));
			}
			sweep(true);
		});
	}

	private void balance(String stream, List<Lease> ofStream, long now, Findings findings) {
		Map<String, Lease> byShard = new HashMap<>();
		ofStream.forEach((lease) -> byShard.put(lease.shardId(), lease));
		List<Lease> active = ofStream.stream()
			.filter((lease) -> !lease.isFinished() && isReady(lease, byShard))
			.toList();
		SortedSet<String> live = this.fleet.liveWorkers(stream);
		live.add(this.membership.id());
		Balance balance = new Balance(active, live);
		for (Lease lease : active) {
			String target = balance.targetOf(lease);
			if (this.leases.contains(lease.key()) || target == null) {
				continue;
			}
			boolean mine = target.equals(this.membership.id());
			if (lease.owner() == null || !this.watch.isAlive(lease.owner(), now)) {
				take(lease, mine, target, now, findings);
			}
			else if (lease.owner().equals(this.membership.id())) {
				// The answer to a claim or the call of a release was lost
				(mine ? findings.claims : findings.strays).add(lease);
			}
			else if (!live.contains(lease.owner())) {
				sweepWhenSilent(lease.owner(), now);
			}
			else if (mine) {
				findings.asks.add(lease);
			}
			else if (!target.equals(lease.owner())) {
				findings.lacking.add(target);
			}
		}
	}

	/**
	 * An owner that is in no crew has been buried, or has joined behind the back of this
	 * sweep: the next one after the patience knows.
	 */
	private void sweepWhenSilent(String owner, long now) {
		if (!this.waitingForSilence) {
			this.waitingForSilence = true;
			this.loop.schedule(Duration.ofNanos(this.watch.patienceLeft(owner, now)), () -> {
				this.waitingForSilence = false;
				sweep(true);
			});
		}
	}

	private void take(Lease lease, boolean mine, String target, long now, Findings findings) {
		Sighting sighting = this.free.computeIfAbsent(lease.key(), (key) -> new Sighting(lease.epoch(), now));
		if (mine || now - sighting.since >= GRACE.toNanos()) {
			findings.claims.add(lease);
		}
		else {
			findings.lacking.add(target);
			sweepSoon();
		}
	}

	/**
	 * Parents first. A parent that has no lease has been finished and forgotten, or the
	 * table was read while both leases were made; one that is finished may have been
	 * reset since. So it is asked once more before the claim.
	 */
	private static boolean isReady(Lease lease, Map<String, Lease> byShard) {
		return lease.parents().stream().map(byShard::get).allMatch((parent) -> parent == null || parent.isFinished());
	}

	private CompletableFuture<Void> claim(List<Lease> claims, Map<String, Lease> stored) {
		int most = Math.min(this.leases.room() - this.requests.open(), Math.max(MOST_CLAIMS, stored.size() / 20));
		List<Lease> chosen = claims.stream()
			.sorted(Comparator.comparingInt((lease) -> (lease.key() + this.membership.id()).hashCode()))
			.limit(Math.max(0, most))
			.toList();
		if (chosen.size() < claims.size() && !chosen.isEmpty()) {
			sweep(false);
		}
		return CompletableFuture.allOf(chosen.stream().map(this::claim).toArray(CompletableFuture[]::new));
	}

	private CompletableFuture<Void> claim(Lease lease) {
		CompletableFuture<Boolean> ready = CompletableFuture.completedFuture(true);
		for (String parent : lease.parents()) {
			ready = ready.thenCombine(this.store.find(Lease.key(lease.stream(), parent)),
					(before, found) -> before && found.filter((now) -> !now.isFinished()).isEmpty());
		}
		return ready.exceptionally((ex) -> false)
			.thenComposeAsync((start) -> start ? this.leases.claim(lease) : CompletableFuture.completedFuture(false),
					this.loop)
			.thenAcceptAsync((claimed) -> {
				if (!claimed) {
					sweepSoon();
				}
			}, this.loop);
	}

	private void claimReleased(Lease lease) {
		this.loop.on(this.leases.claim(lease), (claimed, ex) -> {
			if (ex != null || !claimed) {
				sweepSoon();
			}
		});
	}

	private void ask(List<Lease> surplus) {
		Map<Integer, List<Lease>> byCrew = new TreeMap<>();
		surplus.stream()
			.filter((lease) -> !this.requests.contains(lease))
			.limit(Math.max(0, Math.min(MOST_ASKS, this.leases.room()) - this.requests.open()))
			.forEach((lease) -> this.fleet.crewOf(String.valueOf(lease.owner()))
				.ifPresent((crew) -> byCrew.computeIfAbsent(crew, (number) -> new ArrayList<>()).add(lease)));
		if (!byCrew.isEmpty()) {
			this.requests.ask(byCrew);
		}
	}

	/**
	 * Whether this worker does what one of a crew has to do.
	 */
	boolean isFirst() {
		Crew crew = this.membership.crew();
		return crew != null && this.membership.id().equals(firstOf(crew));
	}

	private @Nullable String firstOf(Crew crew) {
		long now = this.loop.nanoTime();
		return crew.members().stream().filter((worker) -> this.watch.isAlive(worker, now)).findFirst().orElse(null);
	}

	/**
	 * The dead are buried when nothing is left of them in the table. Crews without
	 * members are disbanded.
	 */
	private void buryTheDead(LeaseTable table, long now) {
		Set<String> owners = new TreeSet<>();
		table.leases().stream().map(Lease::owner).filter((owner) -> owner != null).forEach(owners::add);
		for (Crew crew : table.crews()) {
			crew.beats().forEach((worker, beat) -> {
				boolean dead = !this.watch.isAlive(worker, now) && !worker.equals(this.membership.id());
				if (dead && (!owners.contains(worker) || this.watch.isLongDead(worker, now))) {
					this.store.bury(crew.number(), worker, beat);
				}
			});
			if (crew.members().isEmpty()) {
				this.store.disband(crew.number());
			}
		}
	}

	/**
	 * What a sweep found for this worker to do.
	 */
	private static final class Findings {

		private final List<Lease> claims = new ArrayList<>();

		private final List<Lease> asks = new ArrayList<>();

		private final List<Lease> strays = new ArrayList<>();

		private final Set<String> lacking = new TreeSet<>();

	}

	/**
	 * A free lease, and since when it has been seen free.
	 */
	private record Sighting(long epoch, long since) {

		private boolean isStill(@Nullable Lease lease) {
			return lease != null && lease.epoch() == this.epoch && !lease.isFinished();
		}

	}

}

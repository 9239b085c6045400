package io.kinesisspring.lease;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.scheduling.EventLoop;

/**
 * One worker's part in the coordination: beats so that the others know it is alive, looks
 * at the table once a round, claims what is free up to its share, gives back what is
 * above it, and stops by itself when it cannot reach the store for as long as the others
 * would wait. All its state is confined to its loop.
 *
 * @since 0.1.0
 */
public final class LeaseCoordinator {

	private static final Log logger = LogFactory.getLog(LeaseCoordinator.class);

	private final Worker worker;

	private final LeaseOptions options;

	private final LeaseStore store;

	private final EventLoop loop;

	private final LeaseHolder holder;

	private final ShardSync shardSync;

	private final Liveness liveness;

	private final Map<String, HeldLease> held = new LinkedHashMap<>();

	private final Set<String> failing = new HashSet<>();

	private volatile long lastBeat;

	private volatile boolean stopping;

	private @Nullable CompletableFuture<Void> roundUnderWay;

	private boolean roundWanted;

	private boolean joined;

	/**
	 * Create a coordinator.
	 * @param workerId an id that no other start of any worker has
	 * @param streams the names of the streams whose shards are wanted
	 * @param options how to coordinate
	 * @param store where the leases are
	 * @param catalog lists the shards
	 * @param loop runs everything
	 * @param holder does the work
	 */
	public LeaseCoordinator(String workerId, List<String> streams, LeaseOptions options, LeaseStore store,
			ShardCatalog catalog, EventLoop loop, LeaseHolder holder) {
		this.worker = new Worker(workerId, 0, Set.copyOf(streams));
		this.options = options;
		this.store = store;
		this.loop = loop;
		this.holder = holder;
		this.shardSync = new ShardSync(streams, options.initialPosition(), store, catalog, loop);
		this.liveness = new Liveness(options.failoverAfter().toNanos());
	}

	/**
	 * Begin: make the store ready, list the shards, claim the first leases.
	 * @return completes when the first round has been made; exceptionally if anything
	 * went wrong on the way, and then nothing runs
	 */
	public CompletableFuture<Void> start() {
		return this.store.prepare()
			.thenComposeAsync((prepared) -> join(), this.loop)
			.thenComposeAsync((alive) -> this.shardSync.syncAll(), this.loop)
			.thenComposeAsync((synced) -> beginRound(), this.loop)
			.thenRunAsync(this::keepGoing, this.loop);
	}

	private CompletableFuture<Void> join() {
		this.joined = true;
		this.lastBeat = this.loop.nanoTime();
		return beat();
	}

	private void keepGoing() {
		this.roundUnderWay = null;
		if (!this.stopping) {
			this.loop.schedule(this.options.beatInterval(), this::keepBeating);
			this.loop.schedule(this.options.roundInterval(), this::keepLooking);
			this.shardSync.keepSyncing(() -> isFirst() && !this.stopping);
		}
	}

	/**
	 * End: give back every lease once its shard has been drained, and leave.
	 * @return completes when all leases are released, normally in any case
	 */
	public CompletableFuture<Void> stop() {
		CompletableFuture<Void> stopped = new CompletableFuture<>();
		this.loop.execute(() -> {
			this.stopping = true;
			if (!this.joined) {
				stopped.complete(null);
				return;
			}
			CompletableFuture<Void> claims = (this.roundUnderWay != null) ? this.roundUnderWay
					: CompletableFuture.completedFuture(null);
			claims.exceptionally((ex) -> null)
				.thenComposeAsync((claimed) -> releaseAll(), this.loop)
				.thenCompose((released) -> this.store.retire(this.worker.id()))
				.whenComplete((retired, ex) -> {
					if (ex != null) {
						logger.warn("Worker '" + this.worker.id()
								+ "' could not take its leave; the others wait for its leases to expire", ex);
					}
					stopped.complete(null);
				});
		});
		return stopped;
	}

	private CompletableFuture<Void> releaseAll() {
		return CompletableFuture
			.allOf(List.copyOf(this.held.values()).stream().map(this::release).toArray(CompletableFuture[]::new));
	}

	/**
	 * Whether this worker has been out of touch with the store for so long that the
	 * others may have declared it dead. Safe to call from any thread.
	 * @return {@code true} if nothing may be delivered
	 */
	boolean isCutOff() {
		return this.loop.nanoTime() - this.lastBeat >= this.options.failoverAfter().toNanos();
	}

	private void keepBeating() {
		if (this.stopping && this.held.isEmpty()) {
			return;
		}
		this.loop.schedule(this.options.beatInterval(), this::keepBeating);
		if (isCutOff()) {
			loseAll();
		}
		this.loop.on(beat(), (beaten, ex) -> report("beat", ex));
	}

	/**
	 * Beat once. What counts is when the beat was sent, not when it was answered: the
	 * others start to count later than that, whatever happens on the way.
	 */
	private CompletableFuture<Void> beat() {
		long sent = this.loop.nanoTime();
		return this.store.beat(this.worker).thenRunAsync(() -> beaten(sent), this.loop);
	}

	private void beaten(long sent) {
		if (sent - this.lastBeat > 0) {
			this.lastBeat = sent;
		}
	}

	private void loseAll() {
		if (!this.held.isEmpty()) {
			logger.warn("Worker '" + this.worker.id() + "' has not reached the lease store for "
					+ this.options.failoverAfter().toMillis() + "ms and stops " + this.held.size()
					+ " shards until it does");
			List.copyOf(this.held.values()).forEach(this::lose);
		}
	}

	private void keepLooking() {
		if (!this.stopping) {
			this.loop.schedule(this.options.roundInterval(), this::keepLooking);
			look();
		}
	}

	private void look() {
		if (this.roundUnderWay != null) {
			this.roundWanted = true;
			return;
		}
		this.loop.on(beginRound(), (made, ex) -> {
			this.roundUnderWay = null;
			report("round", ex);
			if (this.roundWanted && !this.stopping) {
				this.roundWanted = false;
				look();
			}
		});
	}

	/**
	 * Whoever stops waits for the round that is under way: what it claims is given back.
	 */
	private CompletableFuture<Void> beginRound() {
		CompletableFuture<Void> round = this.store.load().thenComposeAsync(this::apply, this.loop);
		this.roundUnderWay = round;
		return round;
	}

	private CompletableFuture<Void> apply(LeaseTable table) {
		long now = this.loop.nanoTime();
		this.liveness.observe(table, now);
		if (this.stopping || isCutOff()) {
			return CompletableFuture.completedFuture(null);
		}
		dropLost(table);
		Map<String, Lease> claims = new HashMap<>();
		for (String stream : this.worker.streams()) {
			balance(stream, table, now, claims);
		}
		this.liveness.longDead(table.workers(), now).forEach(this.store::bury);
		return CompletableFuture.allOf(claims.values().stream().map(this::claim).toArray(CompletableFuture[]::new));
	}

	private void dropLost(LeaseTable table) {
		Map<String, Lease> stored = new HashMap<>();
		table.leases().forEach((lease) -> stored.put(lease.key(), lease));
		for (HeldLease mine : List.copyOf(this.held.values())) {
			Lease now = stored.get(mine.key());
			boolean passed = now != null && now.epoch() >= mine.lease().epoch() && !now.isHeldAs(mine.lease());
			if ((passed || now == null) && !mine.isReleasing()) {
				lose(mine);
			}
		}
	}

	private void balance(String stream, LeaseTable table, long now, Map<String, Lease> claims) {
		List<Lease> leases = table.leases().stream().filter((lease) -> lease.stream().equals(stream)).toList();
		LeasePlan plan = this.shardSync.plan(stream, leases);
		if (plan == null) {
			return;
		}
		List<Lease> active = leases.stream().filter((lease) -> !lease.isFinished() && plan.isReady(lease)).toList();
		int quota = new Balance(active, liveWorkers(stream, table, now)).quotaOf(this.worker.id());
		List<HeldLease> mine = this.held.values()
			.stream()
			.filter((lease) -> lease.lease().stream().equals(stream) && !lease.lease().isFinished())
			.filter((lease) -> !lease.isReleasing())
			.toList();
		mine.stream().skip(quota).forEach(this::release);
		int wanted = Math.min(quota - mine.size(), this.options.maxLeases() - this.held.size() - claims.size());
		active.stream()
			.filter((lease) -> isFree(lease, now))
			.sorted(Comparator.comparingInt((lease) -> (lease.key() + this.worker.id()).hashCode()))
			.limit(Math.max(0, wanted))
			.forEach((lease) -> claims.put(lease.key(), lease));
		leases.stream()
			.filter((lease) -> isStray(lease) && !claims.containsKey(lease.key()))
			.forEach(this.store::release);
	}

	/**
	 * A lease that the store says is this worker's and that it does not know of: the
	 * answer to a claim or the call of a release was lost. Nobody else would take it
	 * while this worker lives.
	 */
	private boolean isStray(Lease lease) {
		return this.worker.id().equals(lease.owner()) && !this.held.containsKey(lease.key());
	}

	private Set<String> liveWorkers(String stream, LeaseTable table, long now) {
		Set<String> live = new HashSet<>();
		live.add(this.worker.id());
		table.workers()
			.stream()
			.filter((other) -> other.streams().contains(stream) && this.liveness.isAlive(other.id(), now))
			.forEach((other) -> live.add(other.id()));
		return live;
	}

	private boolean isFree(Lease lease, long now) {
		if (this.held.containsKey(lease.key())) {
			return false;
		}
		String owner = lease.owner();
		return owner == null || owner.equals(this.worker.id()) || !this.liveness.isAlive(owner, now);
	}

	private CompletableFuture<Void> claim(Lease seen) {
		return this.store.claim(seen, this.worker.id())
			.thenComposeAsync(
					(claimed) -> claimed.map(this::acquire).orElseGet(() -> CompletableFuture.completedFuture(null)),
					this.loop)
			.handleAsync((acquired, ex) -> {
				report("claim", ex);
				return null;
			}, this.loop);
	}

	/**
	 * What was claimed may have been finished since it was seen, by this worker itself
	 * perhaps: there is nothing left to do then.
	 */
	private CompletableFuture<Void> acquire(Lease lease) {
		if (this.stopping || lease.isFinished()) {
			return this.store.release(lease).thenAccept((released) -> {
			});
		}
		HeldLease mine = new HeldLease(this, lease);
		this.held.put(lease.key(), mine);
		this.holder.acquired(mine);
		return CompletableFuture.completedFuture(null);
	}

	void giveUp(HeldLease mine) {
		this.loop.execute(() -> lose(mine));
	}

	private void lose(HeldLease mine) {
		if (drop(mine)) {
			this.holder.lost(mine);
		}
	}

	private boolean drop(HeldLease mine) {
		mine.gone();
		return this.held.remove(mine.key(), mine);
	}

	private CompletableFuture<Void> release(HeldLease mine) {
		return mine.releaseOnce(() -> this.holder.release(mine)
			.thenCompose((drained) -> this.store.release(mine.lease()))
			.handleAsync((released, ex) -> {
				drop(mine);
				report("release", ex);
				return null;
			}, this.loop));
	}

	CompletableFuture<Boolean> checkpoint(HeldLease mine, Checkpoint checkpoint) {
		if (mine.isGone()) {
			return CompletableFuture.completedFuture(false);
		}
		return this.store.checkpoint(mine.lease(), checkpoint).thenApplyAsync((stored) -> {
			if (stored) {
				mine.update(mine.lease().withCheckpoint(checkpoint));
			}
			else {
				lose(mine);
			}
			if (stored && checkpoint instanceof Checkpoint.ShardEnd) {
				finish(mine);
			}
			return stored;
		}, this.loop);
	}

	/**
	 * A shard has come to its end: its children are looked for at once.
	 */
	private void finish(HeldLease mine) {
		drop(mine);
		CompletableFuture<Void> synced = this.store.release(mine.lease())
			.exceptionally((ex) -> false)
			.thenComposeAsync((released) -> this.shardSync.sync(mine.lease().stream()), this.loop);
		this.loop.on(synced, (done, ex) -> {
			report("sync", ex);
			look();
		});
	}

	/**
	 * One worker does what need not be done by all.
	 */
	private boolean isFirst() {
		long now = this.loop.nanoTime();
		return Stream.concat(this.liveness.alive(now), Stream.of(this.worker.id()))
			.min(Comparator.naturalOrder())
			.filter(this.worker.id()::equals)
			.isPresent();
	}

	private void report(String what, @Nullable Throwable ex) {
		if (ex != null && this.failing.add(what)) {
			logger.warn("Worker '" + this.worker.id() + "': " + what + " failed and is tried again", ex);
		}
		if (ex == null && this.failing.remove(what)) {
			logger.info("Worker '" + this.worker.id() + "': " + what + " works again");
		}
	}

}

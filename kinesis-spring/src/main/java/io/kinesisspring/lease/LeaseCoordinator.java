package io.kinesisspring.lease;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.Futures;

/**
 * Coordinates one worker with the others. It sends heartbeats, learns from the responses
 * which workers are dead, which leases are requested and whether it was woken up, and
 * reconciles the lease table when there is a reason to. It stops by itself when it cannot
 * reach the store for the timeout. All its state is confined to its loop.
 *
 * @since 0.1.0
 */
public final class LeaseCoordinator {

	private static final Log logger = LogFactory.getLog(LeaseCoordinator.class);

	/** Longer than a call can still take effect after its caller gave up. */
	private static final Duration DOUBT_LASTS = Duration.ofSeconds(30);

	private static final Duration RECONCILE_INTERVAL = Duration.ofSeconds(15);

	private static final Duration MAX_RECONCILE_INTERVAL = Duration.ofMinutes(30);

	/**
	 * A listing may be older than the call. Many shards of a stream become suspicious at
	 * the same time.
	 */
	private static final Duration SUSPICION_WAITS = Duration.ofSeconds(1);

	/** While a stream does not exist, its readers retry and suspect it again. */
	private static final Duration SUSPICION_INTERVAL = Duration.ofSeconds(10);

	private final String name;

	private final WorkerContext context;

	private final HeldLeases leases;

	private final ShardSync shardSync;

	private final WakeUpSender wakeUpSender;

	private final LeaseTableReconciler reconciler;

	private final HeartbeatSender heartbeatSender;

	private final RetryBackOff joinBackOff;

	/** The streams that may have been recreated and have been listed for that reason. */
	private final Set<String> suspected = new HashSet<>();

	private @Nullable CompletableFuture<Void> prepared;

	private boolean started;

	private boolean joining;

	private boolean inDoubt;

	private boolean stopping;

	/**
	 * Create a coordinator.
	 * @param worker who coordinates
	 * @param store keeps the leases and the worker groups
	 * @param catalog lists the shards
	 * @param loop runs everything
	 * @param holder reads the shards of the leases that are held
	 */
	public LeaseCoordinator(Worker worker, LeaseStore store, ShardCatalog catalog, EventLoop loop, LeaseHolder holder) {
		this.name = worker.id();
		LoopLeaseStore loopStore = new LoopLeaseStore(store, loop);
		LeaseHolder guarded = new GuardedHolder(holder, loop);
		this.context = new WorkerContext(loopStore, loop, new GroupMembership(worker, loopStore, loop),
				new FailureDetector(worker.options().timeout()), new CoordinationFailureLog(worker.id(), guarded));
		CoordinatorEvents events = new Events();
		this.leases = new HeldLeases(this.context, guarded, events);
		this.shardSync = new ShardSync(worker.streams(), worker.options(), loopStore,
				(stream) -> Futures.call(loop, () -> catalog.list(stream)), loop);
		this.wakeUpSender = new WakeUpSender(this.context);
		this.reconciler = new LeaseTableReconciler(this.context, this.leases, this.shardSync, this.wakeUpSender,
				events);
		this.heartbeatSender = new HeartbeatSender(this.context, this.leases, this.reconciler, events);
		this.joinBackOff = new RetryBackOff(loop);
	}

	/**
	 * Prepare the store, unless this has been done: create what is missing. You need not
	 * call it before the start. Call it on the loop.
	 * @return completes when the store can be used
	 */
	public CompletableFuture<Void> prepare() {
		CompletableFuture<Void> preparation = this.prepared;
		if (preparation == null) {
			preparation = this.context.store().prepare();
			this.prepared = preparation;
		}
		return preparation;
	}

	/**
	 * Start: prepare the store, list the shards, join a worker group, and claim leases.
	 * Call it on the loop.
	 * @return completes when all leases are claimed that can be claimed at once;
	 * exceptionally if a step failed or a row cannot be read, and then nothing runs
	 */
	public CompletableFuture<Void> start() {
		return prepare().thenCompose((ready) -> this.shardSync.listAll())
			.thenCompose((listed) -> this.context.store().load())
			.thenCompose((table) -> {
				assertReadable(table);
				return join(table.groups());
			})
			.thenCompose((joined) -> {
				startSchedules();
				return this.reconciler.schedule().settle();
			})
			.thenRun(this.context.failures()::assertNotRejected);
	}

	/**
	 * A row that cannot be read fails the start, so that it is noticed. Workers that run
	 * already go on with the other rows.
	 */
	private static void assertReadable(LeaseTable table) {
		table.unreadable().values().stream().findFirst().ifPresent((why) -> {
			throw why;
		});
	}

	private CompletableFuture<WorkerGroup> join(List<WorkerGroup> known) {
		this.started = true;
		return this.context.membership().join(known).whenComplete((workerGroup, ex) -> {
			if (ex == null) {
				this.heartbeatSender.joined(workerGroup);
			}
		});
	}

	private void startSchedules() {
		if (!this.stopping) {
			Duration interval = this.context.options().heartbeatInterval();
			this.heartbeatSender.start(interval.multipliedBy(jitter()).dividedBy(1000));
			this.context.loop().schedule(interval, () -> this.reconciler.schedule().request(true));
			scheduleReconciliation();
		}
	}

	/**
	 * List the shards of a stream soon, because it may have been recreated. Further calls
	 * within ten seconds have no effect. Call it on the loop.
	 * @param stream the name of the stream
	 */
	public void listShards(String stream) {
		if (!this.stopping && this.suspected.add(stream)) {
			this.context.loop().schedule(SUSPICION_INTERVAL, () -> this.suspected.remove(stream));
			this.context.loop().schedule(SUSPICION_WAITS, () -> {
				if (!this.stopping) {
					this.reconciler.listShardsAndReconcile(stream);
				}
			});
		}
	}

	/**
	 * Whether this worker has not reached the store for so long that it has stopped
	 * delivering. Safe to call from any thread.
	 * @return {@code true} until its next successful heartbeat
	 */
	public boolean isCutOff() {
		return this.context.membership().isCutOff();
	}

	/**
	 * How long there have been shards that no worker reads, as far as this worker has
	 * seen. Safe to call from any thread.
	 * @return how long; zero if there are none
	 */
	public Duration unclaimed() {
		return this.reconciler.unclaimed();
	}

	/**
	 * Stop: release each lease once its shard is drained, and leave the worker group.
	 * @return completes when all leases are released, normally in any case
	 */
	public CompletableFuture<Void> stop() {
		CompletableFuture<Void> stopped = new CompletableFuture<>();
		this.context.loop().execute(() -> {
			this.stopping = true;
			this.heartbeatSender.leave();
			if (!this.started) {
				stopped.complete(null);
				return;
			}
			this.reconciler.stop()
				.thenCompose((reconciled) -> this.leases.close(this::wakeUpOtherWorkers))
				.thenCompose((released) -> this.context.membership().leave())
				.thenCompose((left) -> wakeUpNextGroup())
				.whenComplete((left, ex) -> {
					this.heartbeatSender.stop();
					if (ex != null) {
						logger.warn("Worker '" + this.name
								+ "' could not leave its group; the other workers take over when its leases expire",
								Futures.cause(ex));
					}
					stopped.complete(null);
				});
		});
		return stopped;
	}

	/**
	 * Other workers are woken up when this worker leaves. If draining takes long, they
	 * are woken up before, for each lease that is released.
	 */
	private void wakeUpOtherWorkers() {
		WorkerGroup workerGroup = this.context.membership().group();
		if (workerGroup != null && !this.leases.isEmpty()) {
			if (isAlone(workerGroup)) {
				this.reconciler.workerGroups().next(workerGroup).ifPresent(this.wakeUpSender::wakeUp);
			}
			else {
				this.wakeUpSender.wakeUp(workerGroup.number());
			}
		}
	}

	/**
	 * The last member of a group wakes up the next group, since none is left in its own.
	 */
	private CompletableFuture<?> wakeUpNextGroup() {
		WorkerGroup workerGroup = this.context.membership().group();
		OptionalInt next = (workerGroup != null && isAlone(workerGroup))
				? this.reconciler.workerGroups().next(workerGroup) : OptionalInt.empty();
		return next.isPresent() ? this.context.groups().wakeUp(next.getAsInt())
				: CompletableFuture.completedFuture(null);
	}

	private boolean isAlone(WorkerGroup workerGroup) {
		return this.context.failureDetector().isAlone(this.context.id(), workerGroup, this.context.now());
	}

	/**
	 * Join again after other workers have taken this one for dead. They may have claimed
	 * all its leases.
	 */
	private void rejoin() {
		if (this.joining || this.stopping) {
			return;
		}
		this.joining = true;
		this.context.membership().forgetGroup();
		this.leases.loseAll();
		this.context.failureDetector().forget();
		if (this.joinBackOff.failures() == 0) {
			logger.info("Worker '" + this.name + "' rejoins a worker group");
		}
		CompletableFuture<WorkerGroup> join = this.context.store().load().thenCompose((table) -> join(table.groups()));
		Futures.whenDone(this.context.loop(), join, (workerGroup, ex) -> {
			this.context.failures().report("join", ex);
			if (ex == null) {
				this.joining = false;
				this.joinBackOff.succeeded();
				this.reconciler.schedule().request(false);
			}
			else {
				this.context.loop().schedule(this.joinBackOff.next(), () -> {
					this.joining = false;
					rejoin();
				});
			}
		});
	}

	/**
	 * Spreads the actions of workers that start at the same moment.
	 * @return 0 to 999, always the same for one id
	 */
	private int jitter() {
		return Math.floorMod(31 * this.context.id().hashCode() >>> 7, 1000);
	}

	/**
	 * The first member of each group reconciles regularly, the others rarely.
	 */
	private void scheduleReconciliation() {
		WorkerGroup workerGroup = this.context.membership().group();
		int groups = (workerGroup != null) ? this.reconciler.workerGroups().size(workerGroup) : 1;
		Duration interval = RECONCILE_INTERVAL.multipliedBy(groups).multipliedBy(750 + jitter() / 2).dividedBy(1000);
		this.context.loop().schedule(interval, () -> {
			if (this.stopping) {
				return;
			}
			scheduleReconciliation();
			long idle = this.context.now() - this.reconciler.schedule().lastStartedAt();
			if (this.reconciler.isFirstMember()) {
				listShardsIfDueAndReconcile();
			}
			else if (idle >= MAX_RECONCILE_INTERVAL.toNanos()) {
				this.reconciler.schedule().request(true);
			}
		});
	}

	private void listShardsIfDueAndReconcile() {
		CompletableFuture<Void> listed = this.shardSync.isDue() ? this.shardSync.listAll()
				: CompletableFuture.completedFuture(null);
		Futures.whenDone(this.context.loop(), listed, (done, ex) -> {
			this.context.failures().report("shard listing", ex);
			this.reconciler.schedule().request(true);
		});
	}

	private final class Events implements CoordinatorEvents {

		@Override
		public void reconcile(boolean wakeOthers) {
			LeaseCoordinator.this.reconciler.schedule().request(wakeOthers);
		}

		@Override
		public void reconcileLater() {
			LeaseCoordinator.this.reconciler.schedule().requestLater();
		}

		@Override
		public void onWriteInDoubt() {
			reconcileLater();
			if (!LeaseCoordinator.this.inDoubt) {
				LeaseCoordinator.this.inDoubt = true;
				LeaseCoordinator.this.context.loop().schedule(DOUBT_LASTS, () -> {
					LeaseCoordinator.this.inDoubt = false;
					reconcile(false);
				});
			}
		}

		@Override
		public void onShardFinished(Lease lease) {
			if (!LeaseCoordinator.this.stopping) {
				LeaseCoordinator.this.reconciler.listShardsAndReconcile(lease.stream());
			}
		}

		@Override
		public void onCutOff() {
			HeldLeases held = LeaseCoordinator.this.leases;
			if (!held.isEmpty()) {
				logger.warn("Worker '" + LeaseCoordinator.this.name + "' has not reached the lease store for "
						+ LeaseCoordinator.this.context.options().timeout().toMillis() + "ms and stops reading "
						+ ((held.all().size() == 1) ? "1 shard" : held.all().size() + " shards") + " until it does");
				held.loseAll();
			}
		}

		@Override
		public void onOutOfGroup() {
			rejoin();
		}

	}

}

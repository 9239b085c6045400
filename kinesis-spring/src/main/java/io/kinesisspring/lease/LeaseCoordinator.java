package io.kinesisspring.lease;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.kinesisspring.scheduling.EventLoop;

/**
 * One worker's part in the coordination: heartbeats so that the others of its group know
 * it is alive, and sees by the answer who of them is not, what it is asked for and
 * whether the bell has been rung; reconciliations through the table when there is a
 * reason to; and stops by itself when it cannot reach the store for as long as the others
 * would wait. All its state is confined to its loop.
 *
 * @since 0.1.0
 */
public final class LeaseCoordinator {

	private static final Log logger = LogFactory.getLog(LeaseCoordinator.class);

	/** Longer than a call can be under way after its caller gave up. */
	private static final Duration DOUBT_LASTS = Duration.ofSeconds(30);

	private static final Duration RECONCILE_INTERVAL = Duration.ofSeconds(15);

	private static final Duration MAX_RECONCILE_INTERVAL = Duration.ofMinutes(30);

	private final String name;

	private final LeaseOptions options;

	private final LeaseStore store;

	private final EventLoop loop;

	private final GroupMembership groupMembership;

	private final FailureDetector failureDetector;

	private final HeldLeases leases;

	private final ShardSync shardSync;

	private final CoordinationFailureLog coordinationFailureLog;

	private final WakeUpSender wakeUpSender;

	private final LeaseTableReconciler leaseTableReconciler;

	private final HeartbeatSender heartbeatSender;

	private boolean started;

	private boolean joining;

	private final RetryBackOff joinBackOff;

	private boolean inDoubt;

	private boolean stopping;

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
		this.name = workerId;
		this.options = options;
		this.store = store;
		this.loop = loop;
		this.groupMembership = new GroupMembership(workerId, streams, options.timeout(), store, loop);
		this.failureDetector = new FailureDetector(options.timeout());
		LeaseHolder guarded = new GuardedHolder(holder);
		this.joinBackOff = new RetryBackOff(loop);
		this.coordinationFailureLog = new CoordinationFailureLog(workerId, guarded);
		this.leases = new HeldLeases(this.groupMembership, store, loop, guarded, options.maxLeases(),
				this.coordinationFailureLog, this::onShardFinished, this::reconcileInDoubt);
		this.shardSync = new ShardSync(streams, options, store, catalog, loop);
		this.wakeUpSender = new WakeUpSender(store, loop, this.coordinationFailureLog,
				options.heartbeatInterval().multipliedBy(2));
		this.leaseTableReconciler = new LeaseTableReconciler(streams, store, loop, this.groupMembership,
				this.failureDetector, this.leases, this.shardSync, this.coordinationFailureLog, this.wakeUpSender,
				options);
		this.heartbeatSender = new HeartbeatSender(options, store, loop, this.groupMembership, this.failureDetector,
				this.leases, this.leaseTableReconciler, this.coordinationFailureLog, this::loseAll, this::rejoin);
	}

	/**
	 * Begin: make the store ready, list the shards, join the others, claim what is there.
	 * @return completes when all that can be claimed at once has been; exceptionally if
	 * anything went wrong on the way or there are rows that cannot be read, and then
	 * nothing runs
	 */
	public CompletableFuture<Void> start() {
		return this.store.prepare()
			.thenComposeAsync((prepared) -> this.shardSync.listAll(), this.loop)
			.thenComposeAsync((listed) -> this.store.load(), this.loop)
			.thenComposeAsync((table) -> {
				refuseUnreadable(table);
				return join(table.groups());
			}, this.loop)
			.thenComposeAsync((joined) -> {
				startSchedules();
				return this.leaseTableReconciler.settle();
			}, this.loop)
			.thenRunAsync(this.coordinationFailureLog::assertNotRefused, this.loop);
	}

	/**
	 * Whoever starts can be told at once what is wrong with the table; those that run
	 * already go on with what they can read.
	 */
	private static void refuseUnreadable(LeaseTable table) {
		table.unreadable().values().stream().findFirst().ifPresent((why) -> {
			throw why;
		});
	}

	private CompletableFuture<WorkerGroup> join(List<WorkerGroup> known) {
		this.started = true;
		return this.groupMembership.join(known).whenCompleteAsync((workerGroup, ex) -> {
			if (ex == null) {
				this.heartbeatSender.joined(workerGroup);
			}
		}, this.loop);
	}

	private void startSchedules() {
		if (!this.stopping) {
			this.heartbeatSender.start(this.options.heartbeatInterval().multipliedBy(jitter()).dividedBy(1000));
			this.loop.schedule(this.options.heartbeatInterval(), () -> this.leaseTableReconciler.reconcile(true));
			scheduleReconciliation();
		}
	}

	/**
	 * Whether this worker has been out of touch with the store for so long that it has
	 * stopped to deliver. Safe to call from any thread.
	 * @return {@code true} until it heartbeats again
	 */
	public boolean isCutOff() {
		return this.groupMembership.isCutOff();
	}

	/**
	 * For how long there have been shards at this moment that nobody reads, as far as
	 * this worker has seen. Safe to call from any thread.
	 * @return how long; zero if there are none
	 */
	public Duration unclaimed() {
		return this.leaseTableReconciler.unclaimed();
	}

	/**
	 * End: give back every lease once its shard has been drained, and leave.
	 * @return completes when all leases are released, normally in any case
	 */
	public CompletableFuture<Void> stop() {
		CompletableFuture<Void> stopped = new CompletableFuture<>();
		this.loop.execute(() -> {
			this.stopping = true;
			this.heartbeatSender.leave();
			if (!this.started) {
				stopped.complete(null);
				return;
			}
			this.leaseTableReconciler.stop()
				.thenComposeAsync((reconciled) -> this.leases.close(this::wakeUpOtherWorkers), this.loop)
				.thenComposeAsync((released) -> this.groupMembership.leave(), this.loop)
				.thenComposeAsync((left) -> wakeUpNextGroup(), this.loop)
				.whenCompleteAsync((left, ex) -> {
					this.heartbeatSender.stop();
					if (ex != null) {
						logger.warn("Worker '" + this.name
								+ "' could not take its leave; the others wait for its leases to expire", ex);
					}
					stopped.complete(null);
				}, this.loop);
		});
		return stopped;
	}

	/**
	 * The bell is rung for all when this worker leaves; before that, if that takes long.
	 */
	private void wakeUpOtherWorkers() {
		WorkerGroup workerGroup = this.groupMembership.group();
		if (workerGroup != null && !this.leases.isEmpty()) {
			if (this.failureDetector.isAlone(this.groupMembership.id(), workerGroup, this.loop.nanoTime())) {
				this.leaseTableReconciler.workerGroups().next(workerGroup).ifPresent(this.wakeUpSender::wakeUp);
			}
			else {
				this.wakeUpSender.wakeUp(workerGroup.number());
			}
		}
	}

	/**
	 * Nobody is left to hear the bell that the last of a group has rung as it left.
	 */
	private CompletableFuture<?> wakeUpNextGroup() {
		WorkerGroup workerGroup = this.groupMembership.group();
		OptionalInt next = (workerGroup != null
				&& this.failureDetector.isAlone(this.groupMembership.id(), workerGroup, this.loop.nanoTime()))
						? this.leaseTableReconciler.workerGroups().next(workerGroup) : OptionalInt.empty();
		return next.isPresent() ? this.store.wakeUp(next.getAsInt()) : CompletableFuture.completedFuture(null);
	}

	private void loseAll() {
		if (!this.leases.isEmpty()) {
			logger.warn("Worker '" + this.name + "' has not reached the lease store for "
					+ this.options.timeout().toMillis() + "ms and stops " + this.leases.all().size()
					+ " shards until it does");
			this.leases.loseAll();
		}
	}

	/**
	 * Declared dead by the others, who may have taken everything: begin anew.
	 */
	private void rejoin() {
		if (this.joining || this.stopping) {
			return;
		}
		this.joining = true;
		this.groupMembership.forgetGroup();
		this.leases.loseAll();
		this.failureDetector.forget();
		if (this.joinBackOff.failures() == 0) {
			logger.info("Worker '" + this.name + "' joins the others again");
		}
		CompletableFuture<WorkerGroup> join = GuardedCalls.safely(this.store::load)
			.thenComposeAsync((table) -> join(table.groups()), this.loop);
		this.loop.on(join, (workerGroup, ex) -> {
			this.coordinationFailureLog.report("join", ex);
			if (ex == null) {
				this.joining = false;
				this.joinBackOff.succeeded();
				this.leaseTableReconciler.reconcile(false);
			}
			else {
				this.loop.schedule(this.joinBackOff.next(), () -> {
					this.joining = false;
					rejoin();
				});
			}
		});
	}

	/**
	 * Spreads what all would do at the same moment when they start at once.
	 * @return 0 to 999, always the same for one id
	 */
	private int jitter() {
		return Math.floorMod(31 * this.groupMembership.id().hashCode() >>> 7, 1000);
	}

	/**
	 * One of each group reconciliations every now and then, the others rarely.
	 */
	private void scheduleReconciliation() {
		WorkerGroup workerGroup = this.groupMembership.group();
		int groups = (workerGroup != null) ? this.leaseTableReconciler.workerGroups().size(workerGroup) : 1;
		Duration interval = RECONCILE_INTERVAL.multipliedBy(groups).multipliedBy(750 + jitter() / 2).dividedBy(1000);
		this.loop.schedule(interval, () -> {
			if (this.stopping) {
				return;
			}
			scheduleReconciliation();
			boolean rarely = this.loop.nanoTime()
					- this.leaseTableReconciler.lastReconciledAt() >= MAX_RECONCILE_INTERVAL.toNanos();
			if (this.leaseTableReconciler.isLeader()) {
				listShardsIfDueAndReconcile();
			}
			else if (rarely) {
				this.leaseTableReconciler.reconcile(true);
			}
		});
	}

	private void listShardsIfDueAndReconcile() {
		CompletableFuture<Void> listed = this.shardSync.isDue() ? GuardedCalls.safely(this.shardSync::listAll)
				: CompletableFuture.completedFuture(null);
		this.loop.on(listed, (done, ex) -> {
			this.coordinationFailureLog.report("shard listing", ex);
			this.leaseTableReconciler.reconcile(true);
		});
	}

	/**
	 * A shard has come to its end: its children are looked for at once.
	 */
	private void onShardFinished(Lease lease) {
		if (!this.stopping) {
			this.leaseTableReconciler.listShardsAndReconcile(lease.stream());
		}
	}

	/**
	 * A write whose answer did not come may be seen in the table, soon or much later.
	 */
	private void reconcileInDoubt() {
		this.leaseTableReconciler.reconcileLater();
		if (!this.inDoubt) {
			this.inDoubt = true;
			this.loop.schedule(DOUBT_LASTS, () -> {
				this.inDoubt = false;
				this.leaseTableReconciler.reconcile(false);
			});
		}
	}

}

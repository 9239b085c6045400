package io.kinesisspring.lease;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Decides when the lease table is read: one reconciliation at a time, with a growing
 * back-off after failures. A request during a reconciliation starts the next one.
 * Confined to the coordinator's loop.
 */
final class ReconcileSchedule {

	private final WorkerContext context;

	private final Function<Boolean, CompletableFuture<Void>> reconciliation;

	private final RetryBackOff loadBackOff;

	private final RetryBackOff claimBackOff;

	private @Nullable CompletableFuture<Void> running;

	private boolean requested;

	private boolean requestedToWakeOthers;

	private boolean soonScheduled;

	private boolean laterScheduled;

	private boolean backingOff;

	private boolean stopped;

	private long lastStartedAt;

	/**
	 * Create a schedule.
	 * @param context what the worker's parts share
	 * @param reconciliation runs once, and is told whether to wake up other workers
	 */
	ReconcileSchedule(WorkerContext context, Function<Boolean, CompletableFuture<Void>> reconciliation) {
		this.context = context;
		this.reconciliation = reconciliation;
		this.loadBackOff = new RetryBackOff(context.loop());
		this.claimBackOff = new RetryBackOff(context.loop());
	}

	long lastStartedAt() {
		return this.lastStartedAt;
	}

	boolean isStopped() {
		return this.stopped;
	}

	/**
	 * Start no more reconciliations.
	 * @return completes when the running one is over, normally in any case
	 */
	CompletableFuture<Void> stop() {
		this.stopped = true;
		return (this.running != null) ? this.running.exceptionally((ex) -> null)
				: CompletableFuture.completedFuture(null);
	}

	/**
	 * Reconcile as soon as possible: after the running reconciliation, and after the
	 * back-off of the last failure.
	 * @param wakeOthers whether other workers may have to act and not know it yet
	 */
	void request(boolean wakeOthers) {
		if (this.stopped) {
			return;
		}
		if (this.running != null || this.backingOff) {
			this.requested = true;
			this.requestedToWakeOthers |= wakeOthers;
			return;
		}
		start(wakeOthers);
	}

	/**
	 * Reconcile after a back-off that grows until {@link #claimsSucceeded()}.
	 */
	void requestLater() {
		if (!this.laterScheduled && !this.stopped) {
			this.laterScheduled = true;
			this.context.loop().schedule(this.claimBackOff.next(), () -> {
				this.laterScheduled = false;
				request(true);
			});
		}
	}

	void claimsSucceeded() {
		this.claimBackOff.succeeded();
	}

	/**
	 * Reconcile after a short time, because free leases are reserved for other workers.
	 */
	void requestSoon() {
		if (!this.soonScheduled && !this.stopped) {
			this.soonScheduled = true;
			requestAfter(UnassignedLeases.GRACE, () -> this.soonScheduled = false);
		}
	}

	void requestAfter(Duration delay, Runnable before) {
		this.context.loop().schedule(delay, () -> {
			before.run();
			request(true);
		});
	}

	/**
	 * Reconcile until there is nothing left to do at once.
	 * @return completes then, or when a reconciliation has failed and is retried
	 */
	CompletableFuture<Void> settle() {
		request(false);
		return settled();
	}

	private CompletableFuture<Void> settled() {
		return (this.running != null)
				? this.running.handle((reconciled, ex) -> null).thenCompose((reconciled) -> settled())
				: CompletableFuture.completedFuture(null);
	}

	private void start(boolean wakeOthers) {
		this.lastStartedAt = this.context.now();
		this.running = this.reconciliation.apply(wakeOthers).whenComplete((reconciled, ex) -> finish(ex));
	}

	private void finish(@Nullable Throwable ex) {
		this.running = null;
		this.context.failures().report("lease table", ex);
		if (ex == null) {
			this.loadBackOff.succeeded();
			startIfRequested();
			return;
		}
		this.backingOff = true;
		this.requested = true;
		this.requestedToWakeOthers = true;
		this.context.loop().schedule(this.loadBackOff.next(), () -> {
			this.backingOff = false;
			startIfRequested();
		});
	}

	private void startIfRequested() {
		if (this.requested) {
			boolean wakeOthers = this.requestedToWakeOthers;
			this.requested = false;
			this.requestedToWakeOthers = false;
			request(wakeOthers);
		}
	}

}

package io.kinesisspring.producer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.producer.CompletionQueue.Run;

/**
 * Completes the futures of records on an executor, which also runs the callbacks of the
 * application. Callbacks run on the engine's loop only if no thread is available. A
 * callback that blocks delays the futures behind it only briefly: another thread
 * completes them. {@link #countAccepted()}, {@link #countWithdrawn()},
 * {@link #countCallerAsFinished()} and {@link #pendingCount()} are thread-safe; all other
 * methods belong to the engine's loop.
 */
final class FutureCompletion {

	/** Delay of the next dispatch after the executor rejected one. */
	private static final long RETRY_DELAY = Duration.ofMillis(100).toNanos();

	/** How long one callback may delay the futures behind it. */
	private static final long STUCK_TIMEOUT = Duration.ofMillis(500).toNanos();

	/** How long an executor may wait before it starts a task. */
	private static final long START_TIMEOUT = Duration.ofSeconds(10).toNanos();

	private static final int MAX_ADDED_THREADS = 64;

	private static final Log logger = LogFactory.getLog(FutureCompletion.class);

	private final TaskExecutor executor;

	private final Runnable wakeUp;

	private final LongAdder pending = new LongAdder();

	private final ThreadLocal<@Nullable Run> running = new ThreadLocal<>();

	private final List<DispatchedQueue> dispatchedQueues = new ArrayList<>();

	private final List<FlushWaiter> flushWaiters = new ArrayList<>();

	/** Records with an outcome, and futures of flushes. */
	private List<CompletableFuture<?>> decided = new ArrayList<>();

	private long retryAt = StreamQueue.NEVER;

	private volatile boolean flushWaiting;

	/**
	 * Create a completion without futures.
	 * @param executor completes futures
	 * @param wakeUp wakes the loop; may run on any thread
	 */
	FutureCompletion(TaskExecutor executor, Runnable wakeUp) {
		this.executor = executor;
		this.wakeUp = wakeUp;
	}

	void countAccepted() {
		this.pending.increment();
	}

	void countWithdrawn() {
		this.pending.decrement();
	}

	/**
	 * Return the number of records whose futures are not completed.
	 */
	long pendingCount() {
		return this.pending.sum();
	}

	void addSuccess(OutgoingRecord record, SendResult result) {
		record.setOutcome(result);
		this.decided.add(record);
	}

	void addFailure(OutgoingRecord record, SendFailedException exception) {
		record.setOutcome(exception);
		this.decided.add(record);
	}

	private void complete(CompletableFuture<?> future) {
		if (!(future instanceof OutgoingRecord record)) {
			future.complete(null);
			return;
		}
		try {
			record.publishOutcome();
		}
		finally {
			this.pending.decrement();
		}
	}

	/**
	 * Complete a future when all dispatched futures are completed.
	 * @param future the future
	 */
	void completeAfterDispatched(CompletableFuture<Void> future) {
		this.flushWaiters.add(new FlushWaiter(List.copyOf(this.dispatchedQueues), future));
	}

	/**
	 * Complete a future with the next dispatch.
	 * @param future the future
	 */
	void addCompletion(CompletableFuture<Void> future) {
		this.decided.add(future);
	}

	/**
	 * Complete a future on a thread that callbacks cannot block.
	 * @param future the future
	 */
	void completeOnSpareThread(CompletableFuture<Void> future) {
		try {
			this.executor.executeSpare(() -> future.complete(null));
		}
		catch (Throwable ex) {
			future.complete(null);
		}
	}

	/**
	 * Submit the decided futures to the executor, without waiting. If the executor
	 * rejects them, they are kept for a retry.
	 * @param now the time of the engine's clock
	 * @return whether the executor took all futures
	 */
	boolean dispatch(long now) {
		this.retryAt = StreamQueue.NEVER;
		if (this.decided.isEmpty()) {
			return true;
		}
		List<CompletableFuture<?>> current = this.decided;
		this.decided = new ArrayList<>();
		CompletionQueue all = new CompletionQueue(current, this::complete, this.running, this::onFinished);
		DispatchedQueue dispatched = new DispatchedQueue(all, now);
		this.dispatchedQueues.add(dispatched);
		try {
			this.executor.execute(all);
		}
		catch (Throwable ex) {
			if (all.revoke()) {
				this.dispatchedQueues.remove(dispatched);
				List<CompletableFuture<?>> kept = new ArrayList<>(current);
				kept.addAll(this.decided);
				this.decided = kept;
				this.retryAt = now + RETRY_DELAY;
				return false;
			}
		}
		return true;
	}

	/**
	 * Complete flushes that have waited long enough, and add threads where callbacks
	 * block.
	 * @param now the time of the engine's clock
	 */
	void checkProgress(long now) {
		this.dispatchedQueues.removeIf(DispatchedQueue::isDone);
		this.dispatchedQueues.forEach((dispatched) -> addThread(dispatched, now));
		if (this.flushWaiters.isEmpty()) {
			return;
		}
		this.flushWaiting = true;
		this.flushWaiters.removeIf((waiter) -> {
			boolean over = waiter.awaited().stream().allMatch(DispatchedQueue::isDone);
			if (over) {
				addCompletion(waiter.future());
			}
			return over;
		});
		if (this.flushWaiters.isEmpty()) {
			this.flushWaiting = false;
		}
		dispatch(now);
	}

	/**
	 * Return when {@link #checkProgress} or {@link #dispatch} has work to do.
	 * @return a moment of the engine's clock, or {@link StreamQueue#NEVER}
	 */
	long nextCheck() {
		long next = this.retryAt;
		for (DispatchedQueue dispatched : this.dispatchedQueues) {
			next = Math.min(next, dispatched.nextCheck());
		}
		return next;
	}

	/**
	 * Complete all decided futures and all flushes, as the loop ends.
	 * @param now the time of the engine's clock
	 */
	void dispatchAll(long now) {
		this.flushWaiters.forEach((waiter) -> addCompletion(waiter.future()));
		this.flushWaiters.clear();
		dispatch(now);
		this.dispatchedQueues
			.removeIf((dispatched) -> !dispatched.completionQueue.hasMore() || addThread(dispatched.completionQueue));
	}

	/**
	 * Complete the futures that no executor took, after {@link #dispatchAll}.
	 */
	void completeOnCallingThread() {
		this.dispatchedQueues.forEach((dispatched) -> dispatched.completionQueue.run());
		List<CompletableFuture<?>> current = this.decided;
		this.decided = new ArrayList<>();
		new CompletionQueue(current, this::complete, this.running, this::onFinished).run();
	}

	/**
	 * Count the calling callback as finished, because it may wait for other callbacks,
	 * and let another thread complete the futures behind it. Does nothing outside a
	 * callback.
	 */
	void countCallerAsFinished() {
		Run run = this.running.get();
		if (run == null) {
			return;
		}
		CompletionQueue completionQueue = run.countAsFinished();
		if (completionQueue.hasMore()) {
			addThread(completionQueue);
		}
	}

	private void addThread(DispatchedQueue dispatched, long now) {
		if (dispatched.nextCheck() > now || dispatched.hasProgressed(now) || dispatched.mayStillStart(now)) {
			return;
		}
		for (int i = 0; i < dispatched.threadsToAdd; i++) {
			addThread(dispatched.completionQueue);
		}
		dispatched.threadsToAdd = Math.min(2 * dispatched.threadsToAdd, MAX_ADDED_THREADS);
	}

	private boolean addThread(CompletionQueue completionQueue) {
		try {
			this.executor.executeSpare(completionQueue);
			return true;
		}
		catch (Throwable ex) {
			logger.debug("No thread is available for futures that wait behind a callback", ex);
			return false;
		}
	}

	private void onFinished() {
		if (this.flushWaiting) {
			try {
				this.wakeUp.run();
			}
			catch (Throwable ex) {
				logger.warn("The template's loop could not be woken. A flush ends later", ex);
			}
		}
	}

	/**
	 * Futures that the executor has taken.
	 */
	private static final class DispatchedQueue {

		private final CompletionQueue completionQueue;

		/** How many threads to add if none makes progress. */
		private int threadsToAdd = 1;

		private final long dispatchedAt;

		private long checkedAt;

		private int finished;

		DispatchedQueue(CompletionQueue completionQueue, long now) {
			this.completionQueue = completionQueue;
			this.dispatchedAt = now;
			this.checkedAt = now;
		}

		boolean isDone() {
			return this.completionQueue.isDone();
		}

		long nextCheck() {
			return this.completionQueue.hasMore() ? this.checkedAt + STUCK_TIMEOUT : StreamQueue.NEVER;
		}

		/** Return whether the executor may still start by itself. */
		boolean mayStillStart(long now) {
			return !this.completionQueue.hasStarted() && now - this.dispatchedAt < START_TIMEOUT;
		}

		boolean hasProgressed(long now) {
			int before = this.finished;
			this.checkedAt = now;
			this.finished = this.completionQueue.finishedCount();
			return this.finished > before;
		}

	}

	/**
	 * A future that waits for others.
	 *
	 * @param awaited the others
	 * @param future the future to complete then
	 */
	private record FlushWaiter(List<DispatchedQueue> awaited, CompletableFuture<Void> future) {

	}

}

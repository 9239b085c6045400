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
 * Completes the futures of records, and with them runs whatever applications have hung on
 * them: never on the engine's loop, as long as there is a thread to be had. A callback
 * that blocks holds up the futures behind it for a moment only. All methods but
 * {@link #accepted()}, {@link #refused()}, {@link #excuseCaller()} and {@link #open()}
 * belong to the engine's loop.
 */
final class FutureCompletion {

	/** How long to wait before tasks are handed out again that no executor took. */
	private static final long RETRY = Duration.ofMillis(100).toNanos();

	/** How long one callback may hold up the futures behind it. */
	private static final long STUCK = Duration.ofMillis(500).toNanos();

	/** How long an executor may leave futures lying that it was given. */
	private static final long LOST = Duration.ofSeconds(10).toNanos();

	private static final int MOST_HELPERS = 64;

	private static final Log logger = LogFactory.getLog(FutureCompletion.class);

	private final TaskExecutor executor;

	private final Runnable wakeUp;

	private final LongAdder open = new LongAdder();

	private final ThreadLocal<@Nullable Run> running = new ThreadLocal<>();

	private final List<Dispatched> underWay = new ArrayList<>();

	private final List<Waiter> waiters = new ArrayList<>();

	private List<Runnable> completionQueue = new ArrayList<>();

	private long retryAt = StreamQueue.NEVER;

	private volatile boolean awaited;

	/**
	 * Create outcomes.
	 * @param executor completes futures
	 * @param wakeUp makes the loop look who has waited long enough; may be run from any
	 * thread
	 */
	FutureCompletion(TaskExecutor executor, Runnable wakeUp) {
		this.executor = executor;
		this.wakeUp = wakeUp;
	}

	void accepted() {
		this.open.increment();
	}

	void refused() {
		this.open.decrement();
	}

	/**
	 * How many futures have not been completed.
	 * @return the number of records
	 */
	long open() {
		return this.open.sum();
	}

	void succeed(OutgoingRecord record, SendResult result) {
		this.completionQueue.add(() -> {
			try {
				record.future().complete(result);
			}
			finally {
				this.open.decrement();
			}
		});
	}

	void fail(OutgoingRecord record, SendFailedException exception) {
		this.completionQueue.add(() -> {
			try {
				record.future().completeExceptionally(exception);
			}
			finally {
				this.open.decrement();
			}
		});
	}

	/**
	 * Complete a future when all that has been decided until now is done.
	 * @param future the future
	 */
	void afterDecided(CompletableFuture<Void> future) {
		this.waiters.add(new Waiter(List.copyOf(this.underWay), future));
	}

	/**
	 * Complete a future, whoever may hang on it.
	 * @param future the future
	 */
	void complete(CompletableFuture<Void> future) {
		this.completionQueue.add(() -> future.complete(null));
	}

	/**
	 * Complete a future without waiting for threads that callbacks block.
	 * @param future the future
	 */
	void completeNow(CompletableFuture<Void> future) {
		try {
			this.executor.executeSpare(() -> future.complete(null));
		}
		catch (Throwable ex) {
			future.complete(null);
		}
	}

	/**
	 * Complete what has been decided, and soon return. What no executor takes is kept.
	 * @param now by the engine's clock
	 * @return whether nothing is left
	 */
	boolean dispatch(long now) {
		this.retryAt = StreamQueue.NEVER;
		if (this.completionQueue.isEmpty()) {
			return true;
		}
		List<Runnable> decided = this.completionQueue;
		this.completionQueue = new ArrayList<>();
		CompletionQueue all = new CompletionQueue(decided, this.running, this::finished);
		Dispatched dispatched = new Dispatched(all, now);
		this.underWay.add(dispatched);
		try {
			this.executor.execute(all);
		}
		catch (Throwable ex) {
			if (all.revoke()) {
				this.underWay.remove(dispatched);
				List<Runnable> kept = new ArrayList<>(decided);
				kept.addAll(this.completionQueue);
				this.completionQueue = kept;
				this.retryAt = now + RETRY;
				return false;
			}
		}
		return true;
	}

	/**
	 * Complete the futures of those whose wait is over, and help where callbacks block.
	 * @param now by the engine's clock
	 */
	void lookAfter(long now) {
		this.underWay.removeIf(Dispatched::isDone);
		this.underWay.forEach((dispatched) -> help(dispatched, now));
		if (this.waiters.isEmpty()) {
			return;
		}
		this.awaited = true;
		this.waiters.removeIf((waiter) -> {
			boolean over = waiter.awaited().stream().allMatch(Dispatched::isDone);
			if (over) {
				complete(waiter.future());
			}
			return over;
		});
		if (this.waiters.isEmpty()) {
			this.awaited = false;
		}
		dispatch(now);
	}

	/**
	 * When there is something to do, if nothing happens until then.
	 * @return a moment of the engine's clock, or {@link StreamQueue#NEVER}
	 */
	long nextLook() {
		long next = this.retryAt;
		for (Dispatched dispatched : this.underWay) {
			next = Math.min(next, dispatched.nextLook());
		}
		return next;
	}

	/**
	 * Complete everything that is decided, and all who wait: the loop comes to its end,
	 * and looks after nothing any more.
	 * @param now by the engine's clock
	 */
	void dispatchAll(long now) {
		this.waiters.forEach((waiter) -> complete(waiter.future()));
		this.waiters.clear();
		dispatch(now);
		this.underWay
			.removeIf((dispatched) -> !dispatched.completionQueue.hasMore() || help(dispatched.completionQueue));
	}

	/**
	 * Complete here and now what there is no thread for, after {@link #dispatchAll}.
	 */
	void completeHere() {
		this.underWay.forEach((dispatched) -> dispatched.completionQueue.run());
		List<Runnable> decided = this.completionQueue;
		this.completionQueue = new ArrayList<>();
		new CompletionQueue(decided, this.running, this::finished).run();
	}

	/**
	 * A callback is about to wait for others, perhaps, if it is one that calls: take it
	 * for finished, and let another thread complete the futures behind it.
	 */
	void excuseCaller() {
		Run run = this.running.get();
		if (run == null) {
			return;
		}
		CompletionQueue completionQueue = run.excuse();
		if (completionQueue.hasMore()) {
			help(completionQueue);
		}
	}

	private void help(Dispatched dispatched, long now) {
		if (dispatched.nextLook() > now || dispatched.getsOn(now) || dispatched.mayBegin(now)) {
			return;
		}
		for (int i = 0; i < dispatched.helpers; i++) {
			help(dispatched.completionQueue);
		}
		dispatched.helpers = Math.min(2 * dispatched.helpers, MOST_HELPERS);
	}

	private boolean help(CompletionQueue completionQueue) {
		try {
			this.executor.executeSpare(completionQueue);
			return true;
		}
		catch (Throwable ex) {
			logger.debug("There is no thread to help with futures that wait behind a callback", ex);
			return false;
		}
	}

	private void finished() {
		if (this.awaited) {
			try {
				this.wakeUp.run();
			}
			catch (Throwable ex) {
				logger.warn("The template's loop could not be woken, so that a flush ends later", ex);
			}
		}
	}

	/**
	 * Completions that an executor was given.
	 */
	private static final class Dispatched {

		private final CompletionQueue completionQueue;

		/** How many threads to send where none gets on. */
		private int helpers = 1;

		private final long handedOverAt;

		private long lookedAt;

		private int finished;

		Dispatched(CompletionQueue completionQueue, long now) {
			this.completionQueue = completionQueue;
			this.handedOverAt = now;
			this.lookedAt = now;
		}

		boolean isDone() {
			return this.completionQueue.isDone();
		}

		long nextLook() {
			return this.completionQueue.hasMore() ? this.lookedAt + STUCK : StreamQueue.NEVER;
		}

		/** Whether the executor may come to it of itself. */
		boolean mayBegin(long now) {
			return !this.completionQueue.hasBegun() && now - this.handedOverAt < LOST;
		}

		boolean getsOn(long now) {
			int before = this.finished;
			this.lookedAt = now;
			this.finished = this.completionQueue.finishedCount();
			return this.finished > before;
		}

	}

	/**
	 * Who waits for others to be completed.
	 *
	 * @param awaited the others
	 * @param future what to complete then
	 */
	private record Waiter(List<Dispatched> awaited, CompletableFuture<Void> future) {

	}

}

package io.kinesisspring.producer;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.EventLoop.Cancellable;

/**
 * Runs the turns of an engine on its loop: as soon as there is work, and at a given time.
 * All methods may be called from any thread, except {@link #runTurn()} and
 * {@link #scheduleAt}, which belong to the loop.
 */
final class TurnScheduler {

	private final EventLoop loop;

	private final Runnable turn;

	private final Timer timer;

	private final long startNanos;

	private final AtomicBoolean turnPending = new AtomicBoolean();

	private volatile @Nullable Thread loopThread;

	TurnScheduler(EventLoop loop, Runnable turn) {
		this.loop = loop;
		this.turn = turn;
		this.timer = new Timer(loop, this::runTurn);
		this.startNanos = loop.nanoTime();
	}

	/**
	 * Return the time of the engine's clock.
	 * @return nanoseconds since the engine was created
	 */
	long now() {
		return this.loop.nanoTime() - this.startNanos;
	}

	/**
	 * Return whether the current thread is the loop's own, which must not wait for the
	 * loop.
	 * @return {@code true} on the loop's thread
	 */
	boolean isLoopThread() {
		return Thread.currentThread() == this.loopThread;
	}

	/**
	 * Run a turn soon, unless one is pending.
	 */
	void wakeUp() {
		if (!this.turnPending.get() && this.turnPending.compareAndSet(false, true)) {
			try {
				this.loop.execute(this::runTurn);
			}
			catch (Throwable ex) {
				this.turnPending.set(false);
				throw ex;
			}
		}
	}

	/**
	 * Run a turn now.
	 */
	void runTurn() {
		this.loopThread = Thread.currentThread();
		this.turnPending.set(false);
		this.turn.run();
	}

	/**
	 * Run a turn at a given time or before.
	 * @param moment the latest time, by the engine's clock
	 * @param now the time of the engine's clock
	 */
	void scheduleAt(long moment, long now) {
		try {
			this.timer.setAtLatest(moment, now);
		}
		catch (Throwable ex) {
			wakeUp();
			throw ex;
		}
	}

	Cancellable schedule(Duration delay, Runnable task) {
		return this.loop.schedule(delay, task);
	}

	void execute(Runnable task) {
		this.loop.execute(task);
	}

	/**
	 * Run a task on the loop. If the loop rejects the task, a future fails.
	 * @param task the task
	 * @param future the future that the task completes
	 */
	void execute(Runnable task, CompletableFuture<?> future) {
		try {
			this.loop.execute(task);
		}
		catch (Throwable ex) {
			future.completeExceptionally(ex);
		}
	}

	void close() {
		this.loop.close();
	}

}

package io.kinesisspring.scheduling;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * An {@link EventLoop} with a daemon thread of its own.
 */
final class ThreadEventLoop implements EventLoop {

	private static final Log logger = LogFactory.getLog(ThreadEventLoop.class);

	private final ScheduledThreadPoolExecutor executor;

	private final Random random = new Random();

	/**
	 * Start a loop.
	 * @param threadName the name of its thread
	 */
	ThreadEventLoop(String threadName) {
		CustomizableThreadFactory threadFactory = new CustomizableThreadFactory(threadName);
		threadFactory.setDaemon(true);
		this.executor = new ScheduledThreadPoolExecutor(1, threadFactory, new ThreadPoolExecutor.DiscardPolicy());
		this.executor.setRemoveOnCancelPolicy(true);
	}

	@Override
	public void execute(Runnable task) {
		this.executor.execute(() -> run(task));
	}

	@Override
	public Cancellable schedule(Duration delay, Runnable task) {
		Future<?> future = this.executor.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
		return () -> future.cancel(false);
	}

	@Override
	public long nanoTime() {
		return System.nanoTime();
	}

	@Override
	public RandomGenerator random() {
		return this.random;
	}

	@Override
	public void close() {
		// No interrupt: a task may close its own loop, and callbacks run after that
		this.executor.shutdown();
		this.executor.getQueue().clear();
	}

	/**
	 * Log errors, too: they would be lost in the executor's future. The loop continues
	 * after an error, so a failed task of one shard stops no other.
	 */
	private void run(Runnable task) {
		try {
			task.run();
		}
		catch (Throwable ex) {
			logger.error("A task of '" + Thread.currentThread().getName() + "' failed", ex);
		}
	}

}

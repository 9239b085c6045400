package io.kinesisspring.producer;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.ThreadEventLoop;
import io.kinesisspring.scheduling.Uninterruptibles;

/**
 * Stops and starts a template's engine. Thread-safe.
 */
final class SendLifecycle {

	private static final Log logger = LogFactory.getLog(SendLifecycle.class);

	/** A little longer than callbacks are waited for. */
	private static final Duration STOP_GRACE = SendEngine.CALLBACK_GRACE.plusSeconds(1);

	/** Stops and starts come one after the other. */
	private final ReentrantLock lock = new ReentrantLock();

	/** Completes when the template has stopped; {@code null} while it runs. */
	private final AtomicReference<@Nullable CompletableFuture<Void>> stopping = new AtomicReference<>();

	private final SendEngine engine;

	private final Duration closeTimeout;

	SendLifecycle(SendEngine engine, Duration closeTimeout) {
		this.engine = engine;
		this.closeTimeout = closeTimeout;
	}

	/**
	 * A loop whose thread inherits nothing from whoever happens to send first, as threads
	 * do from the one that makes them.
	 */
	static EventLoop startLoop() {
		ThreadEventLoop loop = new ThreadEventLoop("kinesis-template-loop-");
		CountDownLatch started = new CountDownLatch(1);
		TemplateExecutor
			.detached(() -> loop.execute(started::countDown), "kinesis-template-start",
					Thread.currentThread().getContextClassLoader())
			.start();
		Uninterruptibles.uninterruptibly(started, STOP_GRACE);
		return loop;
	}

	boolean isRunning() {
		return this.stopping.get() == null;
	}

	/**
	 * Accept records again, once an earlier stop is over or the thread is interrupted.
	 */
	void start() {
		CompletableFuture<Void> earlier = this.stopping.get();
		if (earlier == null) {
			return;
		}
		await(earlier);
		this.lock.lock();
		try {
			if (this.stopping.compareAndSet(earlier, null)) {
				this.engine.reopen();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Accept nothing more, and see the rest through.
	 * @return completes when the template has stopped
	 */
	CompletableFuture<Void> stop() {
		CompletableFuture<Void> stopped = new CompletableFuture<>();
		this.lock.lock();
		try {
			CompletableFuture<Void> earlier = this.stopping.compareAndExchange(null, stopped);
			if (earlier != null) {
				return earlier;
			}
			this.engine.close(this.closeTimeout).whenComplete((failed, ex) -> {
				if (failed != null && failed > 0) {
					logger.warn("Stopped with " + failed + " records not known to be stored after " + this.closeTimeout
							+ "; their futures have failed");
				}
				stopped.complete(null);
			});
		}
		finally {
			this.lock.unlock();
		}
		return stopped;
	}

	/**
	 * Wait for a stop, but not on the loop that it happens on.
	 * @param stopped completes when the template has stopped
	 * @return whether it has, as far as its callbacks let it
	 */
	boolean await(CompletableFuture<Void> stopped) {
		if (this.engine.isLoop()) {
			return stopped.isDone();
		}
		try {
			stopped.get(this.closeTimeout.plus(STOP_GRACE).toMillis(), TimeUnit.MILLISECONDS);
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
		catch (ExecutionException | TimeoutException ex) {
			logger.warn("The template has stopped, but the callbacks of its records have not come to an end");
			return true;
		}
	}

}

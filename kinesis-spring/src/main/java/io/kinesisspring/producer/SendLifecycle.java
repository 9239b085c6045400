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
import io.kinesisspring.scheduling.Scheduler;
import io.kinesisspring.scheduling.Uninterruptibles;

/**
 * Stops and starts a template's engine. Thread-safe.
 */
final class SendLifecycle {

	private static final Log logger = LogFactory.getLog(SendLifecycle.class);

	/** A little longer than the engine waits for callbacks. */
	private static final Duration STOP_GRACE = SendEngine.CALLBACK_GRACE.plusSeconds(1);

	/** Serializes starts and stops. */
	private final ReentrantLock lock = new ReentrantLock();

	/** Completes when the template has stopped; {@code null} while it runs. */
	private final AtomicReference<@Nullable CompletableFuture<Void>> stopping = new AtomicReference<>();

	private final SendEngine engine;

	private final Duration shutdownTimeout;

	SendLifecycle(SendEngine engine, Duration shutdownTimeout) {
		this.engine = engine;
		this.shutdownTimeout = shutdownTimeout;
	}

	/**
	 * Start a loop. Its thread inherits nothing from the first sender.
	 */
	static EventLoop startLoop() {
		EventLoop loop = Scheduler.system().newLoop("kinesis-template-loop-");
		CountDownLatch started = new CountDownLatch(1);
		TemplateExecutor
			.detached(() -> loop.execute(started::countDown), "kinesis-template-start",
					Thread.currentThread().getContextClassLoader())
			.start();
		Uninterruptibles.awaitUninterruptibly(started, STOP_GRACE);
		return loop;
	}

	boolean isRunning() {
		return this.stopping.get() == null;
	}

	/**
	 * Accept records again, after an earlier stop has ended or the thread is interrupted.
	 */
	void start() {
		CompletableFuture<Void> earlierStop = this.stopping.get();
		if (earlierStop == null) {
			return;
		}
		await(earlierStop);
		this.lock.lock();
		try {
			if (this.stopping.compareAndSet(earlierStop, null)) {
				this.engine.reopen();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Accept no more records, and wait for the outcomes of the others.
	 * @return completes when the template has stopped
	 */
	CompletableFuture<Void> stop() {
		CompletableFuture<Void> stopped = new CompletableFuture<>();
		this.lock.lock();
		try {
			CompletableFuture<Void> earlierStop = this.stopping.compareAndExchange(null, stopped);
			if (earlierStop != null) {
				return earlierStop;
			}
			this.engine.close(this.shutdownTimeout).whenComplete((failed, ex) -> {
				if (failed != null && failed > 0) {
					logger.warn("Stopped with " + failed + ((failed == 1) ? " record" : " records")
							+ " not known to be stored after " + this.shutdownTimeout + ". The futures have failed");
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
	 * Wait for a stop, except on the loop's own thread.
	 * @param stopped completes when the template has stopped
	 * @return whether the template has stopped; callbacks may still run
	 */
	boolean await(CompletableFuture<Void> stopped) {
		if (this.engine.isLoop()) {
			return stopped.isDone();
		}
		try {
			stopped.get(this.shutdownTimeout.plus(STOP_GRACE).toMillis(), TimeUnit.MILLISECONDS);
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
		catch (ExecutionException | TimeoutException ex) {
			logger.warn("The template has stopped, but callbacks of its records are still running");
			return true;
		}
	}

}

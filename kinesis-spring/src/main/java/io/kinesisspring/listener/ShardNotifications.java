package io.kinesisspring.listener;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.core.task.TaskRejectedException;

import io.kinesisspring.scheduling.EventLoop;

/**
 * Runs the notifications of a listener on its executor, those of one shard one after the
 * other. Thread-safe.
 */
final class ShardNotifications {

	private static final Log logger = LogFactory.getLog(ShardNotifications.class);

	private static final Duration PAUSE = Duration.ofMillis(200);

	private static final int MOST_ATTEMPTS = 20;

	private final Map<ListenerShard, CompletableFuture<Void>> last = new ConcurrentHashMap<>();

	private final String listenerId;

	private final Executor executor;

	private volatile @Nullable EventLoop loop;

	ShardNotifications(String listenerId, Executor executor) {
		this.listenerId = listenerId;
		this.executor = executor;
	}

	/**
	 * Use a loop to retry notifications that the executor rejected, and for timeouts.
	 */
	void use(EventLoop loop) {
		this.loop = loop;
	}

	/**
	 * Run a notification that concerns no shard.
	 * @param task the notification; must not throw
	 */
	void run(Runnable task) {
		execute(task, new CompletableFuture<>(), 1);
	}

	/**
	 * Run a notification after the earlier ones about the shard.
	 * @param task the notification; must not throw
	 * @return completes when it has run; exceptionally if the executor has rejected it
	 * too often
	 */
	CompletableFuture<Void> run(ListenerShard shard, Runnable task) {
		CompletableFuture<Void> done = new CompletableFuture<>();
		CompletableFuture<Void> before = this.last.put(shard, done);
		((before != null) ? before : CompletableFuture.<Void>completedFuture(null))
			.whenComplete((earlier, ex) -> execute(() -> {
				task.run();
				this.last.remove(shard, done);
				done.complete(null);
			}, done, 1));
		return done;
	}

	/**
	 * Stop waiting for a notification after a timeout. It may still be running then.
	 * @return completes normally in any case
	 */
	CompletableFuture<Void> await(CompletableFuture<Void> notification, Duration timeout, String what) {
		CompletableFuture<Void> awaited = notification.handle((done, ex) -> null);
		EventLoop current = this.loop;
		if (current == null || awaited.isDone()) {
			return awaited;
		}
		EventLoop.Cancellable timer = current.schedule(timeout, () -> {
			if (awaited.complete(null)) {
				logger.warn("Listener '" + this.listenerId + "': " + what + " has not returned for "
						+ timeout.toMillis() + "ms, the shutdown timeout. The listener no longer waits for it");
			}
		});
		awaited.whenComplete((done, ex) -> timer.cancel());
		return awaited;
	}

	/**
	 * Retry a notification that the executor rejects, because a shard listener must be
	 * notified of its shard before the first record. An executor may keep a task and
	 * still throw, because it could not start a thread.
	 */
	private void execute(Runnable task, CompletableFuture<Void> done, int attempt) {
		AtomicBoolean decided = new AtomicBoolean();
		try {
			this.executor.execute(() -> {
				if (decided.compareAndSet(false, true)) {
					task.run();
				}
			});
		}
		catch (Throwable ex) {
			if (decided.compareAndSet(false, true)) {
				executionRejected(task, done, attempt, ex);
			}
		}
	}

	private void executionRejected(Runnable task, CompletableFuture<Void> done, int attempt, Throwable ex) {
		EventLoop current = this.loop;
		boolean retry = current != null && attempt < MOST_ATTEMPTS;
		if (attempt == 1 || !retry) {
			logger.warn("Listener '" + this.listenerId
					+ "': the executor rejected a notification of ShardListeners and event " + "listeners. "
					+ (retry ? "It is sent later" : "It is dropped"), ex);
		}
		if (current != null && retry) {
			current.schedule(PAUSE.multipliedBy(attempt), () -> execute(task, done, attempt + 1));
		}
		else {
			done.completeExceptionally(new TaskRejectedException("The executor rejected a notification", ex));
		}
	}

}

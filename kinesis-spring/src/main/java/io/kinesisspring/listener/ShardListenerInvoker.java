package io.kinesisspring.listener;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.lease.Checkpoint;

/**
 * Calls the {@link ShardListener}s of a listener. One that has failed to take a shard is
 * not called again when the shard goes. Thread-safe.
 */
final class ShardListenerInvoker {

	private static final Log logger = LogFactory.getLog(ShardListener.class);

	private final Map<ListenerShard, Assignment> assignments = new ConcurrentHashMap<>();

	private final List<ShardListener> listeners;

	private final ShardNotifications notifications;

	private final Duration timeout;

	private final BiConsumer<ListenerShard, Throwable> onFailure;

	/**
	 * Create an invoker.
	 * @param timeout how long to wait when a shard is given back
	 * @param onFailure is told what a shard listener has thrown
	 */
	ShardListenerInvoker(List<ShardListener> listeners, ShardNotifications notifications, Duration timeout,
			BiConsumer<ListenerShard, Throwable> onFailure) {
		this.listeners = listeners;
		this.notifications = notifications;
		this.timeout = timeout;
		this.onFailure = onFailure;
	}

	/**
	 * A shard is assigned. A call after a failure continues with the listener that
	 * failed.
	 * @param whenDone run on the executor after the listeners, unless one fails
	 * @return the position at which to start, {@code null} for the checkpoint
	 */
	CompletableFuture<@Nullable Checkpoint> assigned(ListenerShard shard, Runnable whenDone) {
		Assignment assignment = this.assignments.computeIfAbsent(shard, (key) -> new Assignment());
		CompletableFuture<@Nullable Checkpoint> assigned = new CompletableFuture<>();
		this.notifications.run(shard, () -> {
			try {
				assign(shard, assignment);
				whenDone.run();
				assigned.complete(assignment.position);
			}
			catch (Throwable ex) {
				failed(shard, assignment, ex);
				assigned.completeExceptionally(ex);
			}
		}).whenComplete((done, ex) -> {
			if (ex != null && !this.listeners.isEmpty()) {
				assigned.completeExceptionally(ex);
			}
			else {
				assigned.complete(null);
			}
		});
		return assigned;
	}

	private void assign(ListenerShard shard, Assignment assignment) {
		while (assignment.assigned < this.listeners.size()) {
			ShardListener listener = this.listeners.get(assignment.assigned);
			Checkpoint position = listener.onAssigned(shard);
			if (position instanceof Checkpoint.ShardEnd) {
				throw new IllegalStateException(
						listener + " returned the end of the shard, which is no position to start at");
			}
			if (position != null && assignment.position != null && !position.equals(assignment.position)) {
				throw new IllegalStateException("The shard listeners return different positions: " + assignment.position
						+ ", and " + position + " (" + listener + ")");
			}
			assignment.position = (position != null) ? position : assignment.position;
			assignment.assigned++;
		}
		assignment.failed = false;
	}

	/**
	 * A shard is about to end. A call after a failure continues with the listener that
	 * failed.
	 */
	CompletableFuture<Void> ended(ListenerShard shard) {
		Assignment assignment = this.assignments.get(shard);
		if (assignment == null || this.listeners.isEmpty()) {
			return CompletableFuture.completedFuture(null);
		}
		CompletableFuture<Void> ended = new CompletableFuture<>();
		this.notifications.run(shard, () -> {
			try {
				for (; assignment.ended < assignment.assigned; assignment.ended++) {
					this.listeners.get(assignment.ended).onEnded(shard);
				}
				assignment.ended = 0;
				assignment.failed = false;
				ended.complete(null);
			}
			catch (Throwable ex) {
				failed(shard, assignment, ex);
				ended.completeExceptionally(ex);
			}
		}).whenComplete((done, ex) -> {
			if (ex != null) {
				ended.completeExceptionally(ex);
			}
		});
		return ended;
	}

	/**
	 * A shard is about to be released.
	 * @return completes when the listeners have stored what they keep, or do not return
	 */
	CompletableFuture<Void> revoked(ListenerShard shard) {
		return leave(shard, "ShardListener.onRevoked", ShardListener::onRevoked);
	}

	/**
	 * A shard has been lost.
	 */
	CompletableFuture<Void> lost(ListenerShard shard) {
		try {
			return leave(shard, "ShardListener.onLost", ShardListener::onLost);
		}
		finally {
			forget(shard);
		}
	}

	private CompletableFuture<Void> leave(ListenerShard shard, String method,
			BiConsumer<ShardListener, ListenerShard> call) {
		Assignment assignment = this.assignments.get(shard);
		if (assignment == null || this.listeners.isEmpty()) {
			return CompletableFuture.completedFuture(null);
		}
		CompletableFuture<Void> left = this.notifications.run(shard, () -> {
			for (ShardListener listener : this.listeners.subList(0, assignment.assigned)) {
				try {
					call.accept(listener, shard);
				}
				catch (Throwable ex) {
					logger.error(method + " failed for stream '" + shard.stream() + "', shard '" + shard.shardId()
							+ "', listener '" + shard.listenerId() + "'", ex);
					this.onFailure.accept(shard, ex);
				}
			}
		});
		return this.notifications.await(left, this.timeout,
				method + " for stream '" + shard.stream() + "', shard '" + shard.shardId() + "',");
	}

	private void failed(ListenerShard shard, Assignment assignment, Throwable ex) {
		if (!assignment.failed) {
			assignment.failed = true;
			this.onFailure.accept(shard, ex);
		}
	}

	/**
	 * A shard has gone.
	 */
	void forget(ListenerShard shard) {
		this.assignments.remove(shard);
	}

	/**
	 * All shards have gone.
	 */
	void forgetAll() {
		this.assignments.clear();
	}

	/**
	 * A shard while it is assigned. Confined to the notifications of the shard.
	 */
	private static final class Assignment {

		/** How many listeners have taken the shard. */
		private int assigned;

		/** How many listeners have been told that the shard ends. */
		private int ended;

		private boolean failed;

		private @Nullable Checkpoint position;

	}

}

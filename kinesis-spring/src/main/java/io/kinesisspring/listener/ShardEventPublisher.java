package io.kinesisspring.listener;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;

import io.kinesisspring.event.KinesisListenerEvent;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.shard.ShardEvents;
import io.kinesisspring.shard.ShardState;

/**
 * Notifies the application about a listener and its shards: calls {@link ShardListener}s
 * and publishes application events, on the executor, in order for each shard.
 * Thread-safe.
 */
final class ShardEventPublisher implements ShardEvents {

	private static final Log logger = LogFactory.getLog(ShardEventPublisher.class);

	private static final Duration PAUSE = Duration.ofMillis(200);

	private static final int MOST_ATTEMPTS = 20;

	private final Map<ListenerShard, ShardProgressMonitor> monitors = new ConcurrentHashMap<>();

	private final Map<ListenerShard, CompletableFuture<Void>> lastPublished = new ConcurrentHashMap<>();

	private final String listenerId;

	private final List<ShardListener> listeners;

	private final ApplicationEventPublisher publisher;

	private final Executor executor;

	private final Clock clock;

	private volatile @Nullable EventLoop loop;

	ShardEventPublisher(String listenerId, List<ShardListener> listeners, ApplicationEventPublisher publisher,
			Executor executor, Clock clock) {
		this.listenerId = listenerId;
		this.listeners = listeners;
		this.publisher = publisher;
		this.executor = executor;
		this.clock = clock;
	}

	/**
	 * Use a loop to retry notifications that the executor rejected.
	 */
	void retryOn(EventLoop loop) {
		this.loop = loop;
	}

	void started() {
		publish(new KinesisListenerEvent.ListenerStarted(this.listenerId));
	}

	void stopped() {
		this.monitors.clear();
		publish(new KinesisListenerEvent.ListenerStopped(this.listenerId));
	}

	void failed(Throwable cause) {
		publish(new KinesisListenerEvent.ListenerFailed(this.listenerId, null, null, cause));
	}

	/**
	 * A shard has been stopped.
	 */
	void failed(ListenerShard shard, Throwable cause) {
		publish(shard, (listener) -> {
		}, new KinesisListenerEvent.ListenerFailed(this.listenerId, shard.stream(), shard.shardId(), cause));
	}

	CompletableFuture<Void> assigned(String stream, String shardId) {
		ListenerShard shard = shard(stream, shardId);
		this.monitors.put(shard, new ShardProgressMonitor(shard, this.clock));
		return publish(shard, (listener) -> listener.onAssigned(shard),
				new KinesisListenerEvent.ShardAssigned(this.listenerId, stream, shardId));
	}

	@Override
	public void onReleased(String stream, String shardId, boolean stopping) {
		onLost(stream, shardId);
	}

	@Override
	public void onLost(String stream, String shardId) {
		ListenerShard shard = shard(stream, shardId);
		this.monitors.remove(shard);
		publish(shard, (listener) -> listener.onLost(shard),
				new KinesisListenerEvent.ShardLost(this.listenerId, stream, shardId));
	}

	@Override
	public void onFinished(String stream, String shardId) {
		ListenerShard shard = shard(stream, shardId);
		this.monitors.remove(shard);
		publish(shard, (listener) -> listener.onEnded(shard),
				new KinesisListenerEvent.ShardEnded(this.listenerId, stream, shardId));
	}

	ShardProgressMonitor monitor(String stream, String shardId) {
		return this.monitors.computeIfAbsent(shard(stream, shardId),
				(shard) -> new ShardProgressMonitor(shard, this.clock));
	}

	/**
	 * A shard is not read for the moment, or no longer.
	 */
	void closed(String stream, String shardId) {
		ShardProgressMonitor monitor = this.monitors.get(shard(stream, shardId));
		if (monitor != null) {
			monitor.sessionClosed();
		}
	}

	@Override
	public void onActivityChanged(String stream, String shardId, ShardState.Activity activity,
			@Nullable Throwable cause) {
		monitor(stream, shardId).activityChanged(activity, cause);
	}

	@Override
	public void onBatchRead(String stream, String shardId, int records, long millisBehindLatest, Duration span) {
		monitor(stream, shardId).read(records, millisBehindLatest);
	}

	@Override
	public void onReadDelayed(String stream, String shardId, Throwable cause) {
		ShardProgressMonitor monitor = this.monitors.get(shard(stream, shardId));
		if (monitor != null) {
			monitor.readFailed(cause);
		}
	}

	/**
	 * The number of shards.
	 */
	int shards() {
		return this.monitors.size();
	}

	/**
	 * The states of the shards. Safe to call from any thread.
	 */
	List<ShardStatus> statuses(Duration stalledAfter) {
		return this.monitors.values().stream().map((monitor) -> monitor.status(stalledAfter)).toList();
	}

	/**
	 * Check for shards that have become idle or have stalled, and for failures that were
	 * not logged. On the container's loop.
	 */
	void check(long now, Duration idleAfter, Duration stalledAfter) {
		int unlogged = 0;
		for (ShardProgressMonitor monitor : this.monitors.values()) {
			ListenerShard shard = monitor.shard();
			unlogged += monitor.failureLog().reset();
			switch (monitor.check(now, idleAfter, stalledAfter)) {
				case IDLE -> publish(shard, (listener) -> {
				}, new KinesisListenerEvent.ShardIdle(this.listenerId, shard.stream(), shard.shardId(), idleAfter));
				case STALLED -> {
					logger.warn("Listener '" + this.listenerId + "' makes no progress with stream '" + shard.stream()
							+ "', shard '" + shard.shardId() + "': nothing finished for " + stalledAfter.toSeconds()
							+ "s");
					publish(shard, (listener) -> {
					}, new KinesisListenerEvent.ShardStalled(this.listenerId, shard.stream(), shard.shardId(),
							stalledAfter));
				}
				default -> {
				}
			}
		}
		if (unlogged > 0) {
			logger.warn("Listener '" + this.listenerId + "': " + unlogged
					+ ((unlogged == 1) ? " more failure" : " more failures") + " since the last check not logged");
		}
	}

	private ListenerShard shard(String stream, String shardId) {
		return new ListenerShard(this.listenerId, stream, shardId);
	}

	/**
	 * Publish a notification after the earlier ones about the shard.
	 */
	private CompletableFuture<Void> publish(ListenerShard shard, Consumer<ShardListener> call,
			KinesisListenerEvent event) {
		CompletableFuture<Void> published = new CompletableFuture<>();
		CompletableFuture<Void> before = this.lastPublished.put(shard, published);
		Runnable task = () -> {
			this.listeners.forEach((listener) -> safely(() -> call.accept(listener)));
			safely(() -> this.publisher.publishEvent(event));
			this.lastPublished.remove(shard, published);
			published.complete(null);
		};
		((before != null) ? before : CompletableFuture.<Void>completedFuture(null))
			.whenComplete((done, ex) -> execute(task, published));
		return published;
	}

	private void publish(KinesisListenerEvent event) {
		execute(() -> safely(() -> this.publisher.publishEvent(event)), new CompletableFuture<>());
	}

	private void execute(Runnable task, CompletableFuture<Void> published) {
		execute(task, published, 1);
	}

	/**
	 * Retry a notification that the executor rejects, because a shard listener must be
	 * notified of its shard before the first record. An executor may keep a task and
	 * still throw, because it could not start a thread.
	 */
	private void execute(Runnable task, CompletableFuture<Void> published, int attempt) {
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
				executionRejected(task, published, attempt, ex);
			}
		}
	}

	private void executionRejected(Runnable task, CompletableFuture<Void> published, int attempt, Throwable ex) {
		EventLoop loop = this.loop;
		boolean retry = loop != null && attempt < MOST_ATTEMPTS;
		if (attempt == 1 || !retry) {
			logger.warn("Listener '" + this.listenerId
					+ "': the executor rejected a notification of ShardListeners and event " + "listeners. "
					+ (retry ? "It is sent later" : "It is dropped"), ex);
		}
		if (loop != null && retry) {
			loop.schedule(PAUSE.multipliedBy(attempt), () -> execute(task, published, attempt + 1));
		}
		else {
			published.complete(null);
		}
	}

	private static void safely(Runnable call) {
		try {
			call.run();
		}
		catch (Throwable ex) {
			logger.error("A ShardListener or an event listener failed", ex);
		}
	}

}

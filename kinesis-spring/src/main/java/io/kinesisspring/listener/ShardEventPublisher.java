package io.kinesisspring.listener;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;

import io.kinesisspring.event.KinesisListenerEvent;
import io.kinesisspring.event.KinesisListenerEvent.ListenerStopped.Reason;
import io.kinesisspring.lease.Checkpoint;
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

	private final Map<ListenerShard, ShardProgressMonitor> monitors = new ConcurrentHashMap<>();

	private final DeliveryCounts counts = new DeliveryCounts();

	private final String listenerId;

	private final ApplicationEventPublisher publisher;

	private final Clock clock;

	private final ShardNotifications notifications;

	private final ShardListenerInvoker shardListeners;

	/**
	 * Create a publisher.
	 * @param timeout how long to wait for shard listeners when a shard is given back
	 */
	ShardEventPublisher(String listenerId, List<ShardListener> listeners, ApplicationEventPublisher publisher,
			Executor executor, Clock clock, Duration timeout) {
		this.listenerId = listenerId;
		this.publisher = publisher;
		this.clock = clock;
		this.notifications = new ShardNotifications(listenerId, executor);
		this.shardListeners = new ShardListenerInvoker(listeners, this.notifications, timeout, this::publishFailure);
	}

	/**
	 * Use a loop to retry notifications that the executor rejected, and for timeouts.
	 */
	void use(EventLoop loop) {
		this.notifications.use(loop);
	}

	void started() {
		publish(new KinesisListenerEvent.ListenerStarted(this.listenerId));
	}

	/**
	 * The listener has stopped.
	 * @param denial the denied call because of which it stopped; {@code null} if it was
	 * stopped from outside
	 * @param late whether the shutdown timeout has passed
	 */
	void stopped(@Nullable Throwable denial, boolean late) {
		this.monitors.clear();
		this.shardListeners.forgetAll();
		Reason inTime = late ? Reason.SHUTDOWN_TIMEOUT : Reason.NORMAL;
		publish(new KinesisListenerEvent.ListenerStopped(this.listenerId,
				(denial != null) ? Reason.ACCESS_DENIED : inTime, denial));
	}

	void failed(Throwable cause) {
		publish(new KinesisListenerEvent.ListenerFailed(this.listenerId, null, null, cause));
	}

	/**
	 * A shard has been stopped.
	 */
	void failed(ListenerShard shard, Throwable cause) {
		publish(shard, failure(shard, cause));
	}

	private void publishFailure(ListenerShard shard, Throwable cause) {
		publishSafely(failure(shard, cause));
	}

	private KinesisListenerEvent failure(ListenerShard shard, Throwable cause) {
		return new KinesisListenerEvent.ListenerFailed(this.listenerId, shard.stream(), shard.shardId(), cause);
	}

	CompletableFuture<@Nullable Checkpoint> assigned(String stream, String shardId) {
		monitor(stream, shardId);
		return this.shardListeners.assigned(shard(stream, shardId),
				() -> publishSafely(new KinesisListenerEvent.ShardAssigned(this.listenerId, stream, shardId)));
	}

	CompletableFuture<Void> ended(String stream, String shardId) {
		return this.shardListeners.ended(shard(stream, shardId));
	}

	CompletableFuture<Void> revoked(String stream, String shardId) {
		return this.shardListeners.revoked(shard(stream, shardId));
	}

	CompletableFuture<Void> lost(String stream, String shardId) {
		return this.shardListeners.lost(shard(stream, shardId));
	}

	@Override
	public void onReleased(String stream, String shardId, boolean stopping) {
		this.shardListeners.forget(shard(stream, shardId));
		gone(new KinesisListenerEvent.ShardRevoked(this.listenerId, stream, shardId), shard(stream, shardId));
	}

	@Override
	public void onLost(String stream, String shardId) {
		gone(new KinesisListenerEvent.ShardLost(this.listenerId, stream, shardId), shard(stream, shardId));
	}

	@Override
	public void onFinished(String stream, String shardId) {
		this.shardListeners.forget(shard(stream, shardId));
		gone(new KinesisListenerEvent.ShardEnded(this.listenerId, stream, shardId), shard(stream, shardId));
	}

	private void gone(KinesisListenerEvent event, ListenerShard shard) {
		if (this.monitors.remove(shard) != null) {
			publish(shard, event);
		}
	}

	ShardProgressMonitor monitor(String stream, String shardId) {
		return this.monitors.computeIfAbsent(shard(stream, shardId),
				(shard) -> new ShardProgressMonitor(shard, this.clock, this.counts));
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
		ShardState.Activity before = monitor(stream, shardId).activityChanged(activity, cause);
		KinesisListenerEvent event = (activity != before) ? event(stream, shardId, activity, cause) : null;
		if (event != null) {
			publish(shard(stream, shardId), event);
		}
	}

	private @Nullable KinesisListenerEvent event(String stream, String shardId, ShardState.Activity activity,
			@Nullable Throwable cause) {
		return switch (activity) {
			case PAUSED -> new KinesisListenerEvent.ShardPaused(this.listenerId, stream, shardId);
			case READING -> new KinesisListenerEvent.ShardResumed(this.listenerId, stream, shardId);
			case STOPPED ->
				(cause != null) ? new KinesisListenerEvent.ShardStopped(this.listenerId, stream, shardId, cause) : null;
		};
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
	 * What has been counted since the container was created.
	 */
	DeliveryCounts counts() {
		return this.counts;
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
			unlogged += monitor.failureLog().reset();
			check(monitor, now, idleAfter, stalledAfter);
		}
		if (unlogged > 0) {
			logger.warn("Listener '" + this.listenerId + "': " + unlogged
					+ ((unlogged == 1) ? " more failure" : " more failures") + " since the last check not logged");
		}
	}

	private void check(ShardProgressMonitor monitor, long now, Duration idleAfter, Duration stalledAfter) {
		ListenerShard shard = monitor.shard();
		ShardProgressMonitor.State before = monitor.state();
		Duration lasted = monitor.lasted(now);
		ShardProgressMonitor.State after = monitor.check(now, idleAfter, stalledAfter);
		if (after == ShardProgressMonitor.State.UNCHANGED) {
			return;
		}
		if (before == ShardProgressMonitor.State.IDLE) {
			publish(shard, new KinesisListenerEvent.ShardNoLongerIdle(this.listenerId, shard.stream(), shard.shardId(),
					lasted));
		}
		if (before == ShardProgressMonitor.State.STALLED) {
			publish(shard, new KinesisListenerEvent.ShardNoLongerStalled(this.listenerId, shard.stream(),
					shard.shardId(), lasted));
		}
		if (after == ShardProgressMonitor.State.IDLE) {
			publish(shard,
					new KinesisListenerEvent.ShardIdle(this.listenerId, shard.stream(), shard.shardId(), idleAfter));
		}
		if (after == ShardProgressMonitor.State.STALLED) {
			logger.warn("Listener '" + this.listenerId + "' makes no progress with stream '" + shard.stream()
					+ "', shard '" + shard.shardId() + "': nothing finished for " + stalledAfter.toSeconds() + "s");
			publish(shard, new KinesisListenerEvent.ShardStalled(this.listenerId, shard.stream(), shard.shardId(),
					stalledAfter));
		}
	}

	private ListenerShard shard(String stream, String shardId) {
		return new ListenerShard(this.listenerId, stream, shardId);
	}

	private void publish(ListenerShard shard, KinesisListenerEvent event) {
		this.notifications.run(shard, () -> publishSafely(event));
	}

	private void publish(KinesisListenerEvent event) {
		this.notifications.run(() -> publishSafely(event));
	}

	private void publishSafely(KinesisListenerEvent event) {
		try {
			this.publisher.publishEvent(event);
		}
		catch (Throwable ex) {
			logger.error("An event listener failed", ex);
		}
	}

}

package io.kinesisspring.shard;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.lease.Checkpoint;

/**
 * Passes each event on to several receivers. Catches whatever a receiver throws, an
 * {@link Error} included, so that neither reading nor another receiver is affected. The
 * failure is logged once until the receiver works again.
 */
final class CompositeShardEvents implements ShardEvents {

	private static final Log logger = LogFactory.getLog(CompositeShardEvents.class);

	private final List<Receiver> receivers;

	CompositeShardEvents(List<ShardEvents> receivers) {
		this.receivers = receivers.stream().map(Receiver::new).toList();
	}

	private void publish(Consumer<ShardEvents> event) {
		for (Receiver receiver : this.receivers) {
			receiver.publish(event);
		}
	}

	@Override
	public void onAssignmentPlanned(String stream, int wanted, int free) {
		publish((receiver) -> receiver.onAssignmentPlanned(stream, wanted, free));
	}

	@Override
	public void onAcquired(String stream, String shardId) {
		publish((receiver) -> receiver.onAcquired(stream, shardId));
	}

	@Override
	public void onReleased(String stream, String shardId, boolean stopping) {
		publish((receiver) -> receiver.onReleased(stream, shardId, stopping));
	}

	@Override
	public void onLost(String stream, String shardId) {
		publish((receiver) -> receiver.onLost(stream, shardId));
	}

	@Override
	public void onFinished(String stream, String shardId) {
		publish((receiver) -> receiver.onFinished(stream, shardId));
	}

	@Override
	public void onActivityChanged(String stream, String shardId, ShardState.Activity activity,
			@Nullable Throwable cause) {
		publish((receiver) -> receiver.onActivityChanged(stream, shardId, activity, cause));
	}

	@Override
	public void onFetched(String stream, String shardId, Duration duration, @Nullable Throwable exception) {
		publish((receiver) -> receiver.onFetched(stream, shardId, duration, exception));
	}

	@Override
	public void onUnpacked(String stream, String shardId, long bytes, int records, int deaggregated) {
		publish((receiver) -> receiver.onUnpacked(stream, shardId, bytes, records, deaggregated));
	}

	@Override
	public void onBatchRead(String stream, String shardId, int records, long millisBehindLatest, Duration span) {
		publish((receiver) -> receiver.onBatchRead(stream, shardId, records, millisBehindLatest, span));
	}

	@Override
	public void onBatchHandled(String stream, String shardId) {
		publish((receiver) -> receiver.onBatchHandled(stream, shardId));
	}

	@Override
	public void onDeliveryStarted(String stream, String shardId, Checkpoint.After last) {
		publish((receiver) -> receiver.onDeliveryStarted(stream, shardId, last));
	}

	@Override
	public void onCheckpoint(String stream, String shardId, Checkpoint checkpoint, @Nullable Throwable exception) {
		publish((receiver) -> receiver.onCheckpoint(stream, shardId, checkpoint, exception));
	}

	@Override
	public void onBufferChanged(long used, long limit) {
		publish((receiver) -> receiver.onBufferChanged(used, limit));
	}

	@Override
	public void onThrottled(String stream, @Nullable String shardId, String action) {
		publish((receiver) -> receiver.onThrottled(stream, shardId, action));
	}

	@Override
	public void onCallFailed(String stream, @Nullable String shardId, String action, Throwable exception) {
		publish((receiver) -> receiver.onCallFailed(stream, shardId, action, exception));
	}

	@Override
	public void onReadDelayed(String stream, String shardId, Throwable cause) {
		publish((receiver) -> receiver.onReadDelayed(stream, shardId, cause));
	}

	@Override
	public void onIteratorExpired(String stream, String shardId) {
		publish((receiver) -> receiver.onIteratorExpired(stream, shardId));
	}

	@Override
	public void onCheckpointStale(String stream, String shardId) {
		publish((receiver) -> receiver.onCheckpointStale(stream, shardId));
	}

	@Override
	public void onAggregateBroken(String stream, String shardId) {
		publish((receiver) -> receiver.onAggregateBroken(stream, shardId));
	}

	@Override
	public void onOutOfRange(String stream, String shardId, int records, boolean dropped) {
		publish((receiver) -> receiver.onOutOfRange(stream, shardId, records, dropped));
	}

	@Override
	public void onSubscriptionOpened(String stream, String shardId) {
		publish((receiver) -> receiver.onSubscriptionOpened(stream, shardId));
	}

	@Override
	public void onSubscriptionEvent(String stream, String shardId) {
		publish((receiver) -> receiver.onSubscriptionEvent(stream, shardId));
	}

	@Override
	public void onSubscriptionEnded(String stream, String shardId, SubscriptionEnd cause) {
		publish((receiver) -> receiver.onSubscriptionEnded(stream, shardId, cause));
	}

	/**
	 * One receiver and whether it fails at the moment.
	 */
	private static final class Receiver {

		private final ShardEvents delegate;

		private volatile boolean failing;

		private Receiver(ShardEvents delegate) {
			this.delegate = delegate;
		}

		private void publish(Consumer<ShardEvents> event) {
			try {
				event.accept(this.delegate);
				this.failing = false;
			}
			catch (Throwable ex) {
				if (!this.failing) {
					this.failing = true;
					logger.error(this.delegate.getClass().getName()
							+ " failed to handle a shard event. Reading continues, but its reports may be incomplete",
							ex);
				}
			}
		}

	}

}

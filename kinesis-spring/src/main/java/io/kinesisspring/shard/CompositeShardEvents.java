package io.kinesisspring.shard;

import java.time.Duration;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.lease.Checkpoint;

/**
 * Lets nothing that an observer throws get in the way of what it observes: an
 * {@link Error} neither. It is said once, until the observer works again.
 */
final class GuardedObserver implements ReadingObserver {

	private static final Log logger = LogFactory.getLog(GuardedObserver.class);

	private final ReadingObserver delegate;

	private volatile boolean failing;

	GuardedObserver(ReadingObserver delegate) {
		this.delegate = delegate;
	}

	private void tell(Runnable telling) {
		try {
			telling.run();
			this.failing = false;
		}
		catch (Throwable ex) {
			if (!this.failing) {
				this.failing = true;
				logger.error("The observer " + this.delegate.getClass().getName()
						+ " has thrown an exception. Reading goes on; what it counts is incomplete", ex);
			}
		}
	}

	@Override
	public void planned(String stream, int wanted, int free) {
		tell(() -> this.delegate.planned(stream, wanted, free));
	}

	@Override
	public void acquired(String stream, String shardId) {
		tell(() -> this.delegate.acquired(stream, shardId));
	}

	@Override
	public void handedOver(String stream, String shardId, boolean stopping) {
		tell(() -> this.delegate.handedOver(stream, shardId, stopping));
	}

	@Override
	public void lost(String stream, String shardId) {
		tell(() -> this.delegate.lost(stream, shardId));
	}

	@Override
	public void ended(String stream, String shardId) {
		tell(() -> this.delegate.ended(stream, shardId));
	}

	@Override
	public void turned(String stream, String shardId, ShardState.Activity activity) {
		tell(() -> this.delegate.turned(stream, shardId, activity));
	}

	@Override
	public void fetched(String stream, String shardId, Duration took, @Nullable Throwable exception) {
		tell(() -> this.delegate.fetched(stream, shardId, took, exception));
	}

	@Override
	public void unpacked(String stream, String shardId, long bytes, int records, int deaggregated) {
		tell(() -> this.delegate.unpacked(stream, shardId, bytes, records, deaggregated));
	}

	@Override
	public void came(String stream, String shardId, int records, long millisBehindLatest, Duration span) {
		tell(() -> this.delegate.came(stream, shardId, records, millisBehindLatest, span));
	}

	@Override
	public void handled(String stream, String shardId) {
		tell(() -> this.delegate.handled(stream, shardId));
	}

	@Override
	public void begun(String stream, String shardId, Checkpoint.After last) {
		tell(() -> this.delegate.begun(stream, shardId, last));
	}

	@Override
	public void checkpointed(String stream, String shardId, Checkpoint checkpoint, @Nullable Throwable exception) {
		tell(() -> this.delegate.checkpointed(stream, shardId, checkpoint, exception));
	}

	@Override
	public void buffered(long used, long limit) {
		tell(() -> this.delegate.buffered(used, limit));
	}

	@Override
	public void throttled(String stream, @Nullable String shardId, String action) {
		tell(() -> this.delegate.throttled(stream, shardId, action));
	}

	@Override
	public void failed(String stream, @Nullable String shardId, String action, Throwable exception) {
		tell(() -> this.delegate.failed(stream, shardId, action, exception));
	}

	@Override
	public void iteratorExpired(String stream, String shardId) {
		tell(() -> this.delegate.iteratorExpired(stream, shardId));
	}

	@Override
	public void checkpointStale(String stream, String shardId) {
		tell(() -> this.delegate.checkpointStale(stream, shardId));
	}

	@Override
	public void aggregateBroken(String stream, String shardId) {
		tell(() -> this.delegate.aggregateBroken(stream, shardId));
	}

	@Override
	public void subscriptionOpened(String stream, String shardId) {
		tell(() -> this.delegate.subscriptionOpened(stream, shardId));
	}

	@Override
	public void subscriptionEvent(String stream, String shardId) {
		tell(() -> this.delegate.subscriptionEvent(stream, shardId));
	}

	@Override
	public void subscriptionEnded(String stream, String shardId, SubscriptionEnd cause) {
		tell(() -> this.delegate.subscriptionEnded(stream, shardId, cause));
	}

}

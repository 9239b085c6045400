package io.kinesisspring.metrics;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.Tags;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.listener.ListenerObserver;
import io.kinesisspring.listener.ListenerShard;
import io.kinesisspring.shard.KinesisFailures;
import io.kinesisspring.shard.ShardState;
import io.kinesisspring.shard.SubscriptionEnd;

/**
 * The meters of a listener. They outlive its container and continue with the next one of
 * the same id. They do not refer to the container. Thread-safe.
 */
final class ListenerMeters implements ListenerObserver {

	private static final String SUCCESS = "success";

	private static final String FAILURE = "failure";

	private final Map<String, StreamMeters> streams = new ConcurrentHashMap<>();

	private final LongAdder inFlight = new LongAdder();

	private final AtomicBoolean registered = new AtomicBoolean();

	private final Meters meters;

	private final Tags tags;

	private final boolean byShard;

	private volatile boolean running;

	/**
	 * Whether it stopped after a denial, so that perhaps no instance reads its shards.
	 */
	private volatile boolean denied;

	private volatile long bufferUsed;

	private volatile long bufferSize;

	ListenerMeters(Meters meters, String id, boolean byShard) {
		this.meters = meters;
		this.tags = Tags.of(KinesisTag.LISTENER.asString(), id);
		this.byShard = byShard;
	}

	private void gauge(KinesisMeter meter, ToDoubleFunction<ListenerMeters> value) {
		this.meters.gauge(meter, this.tags, this, value);
	}

	@Override
	public void onContainerStarting(List<String> names) {
		if (this.registered.compareAndSet(false, true)) {
			gauge(KinesisMeter.CONSUMER_RUNNING, (listener) -> listener.running ? 1 : 0);
			gauge(KinesisMeter.CONSUMER_IN_FLIGHT, (listener) -> listener.inFlight.sum());
			gauge(KinesisMeter.CONSUMER_BUFFER_USED, (listener) -> listener.bufferUsed);
			gauge(KinesisMeter.CONSUMER_BUFFER_SIZE, (listener) -> listener.bufferSize);
		}
		names.forEach(this::stream);
		this.streams.values().forEach((stream) -> {
			stream.removeAll(false);
			stream.forgetLeft();
		});
		this.denied = false;
		this.running = true;
	}

	@Override
	public void onAccessDenied() {
		this.denied = true;
	}

	@Override
	public void onContainerStopped() {
		this.running = false;
		this.bufferUsed = 0;
		this.streams.values().forEach((stream) -> stream.removeAll(this.denied));
	}

	private StreamMeters stream(String name) {
		StreamMeters known = this.streams.get(name);
		return (known != null) ? known : this.streams.computeIfAbsent(name, (unknown) -> new StreamMeters(this.meters,
				this.tags.and(KinesisTag.STREAM.asString(), unknown), this.byShard));
	}

	private Counters counters(String stream, @Nullable String shardId) {
		return stream(stream).counters(shardId);
	}

	@Override
	public void onAssignmentPlanned(String stream, int wanted, int free) {
		stream(stream).share().set(wanted, free);
	}

	@Override
	public void onAcquired(String stream, String shardId) {
		stream(stream).acquired(shardId);
	}

	@Override
	public void onReleased(String stream, String shardId, boolean stopping) {
		stream(stream).handedOver(stopping ? "stop" : "balance");
		stream(stream).remove(shardId, this.denied);
	}

	@Override
	public void onLost(String stream, String shardId) {
		stream(stream).lost();
		stream(stream).remove(shardId, this.denied);
	}

	@Override
	public void onFinished(String stream, String shardId) {
		stream(stream).remove(shardId, false);
	}

	@Override
	public void onActivityChanged(String stream, String shardId, ShardState.Activity activity,
			@Nullable Throwable cause) {
		stream(stream).with(shardId, (shard) -> shard.turned(activity));
	}

	@Override
	public void onFetched(String stream, String shardId, Duration duration, @Nullable Throwable exception) {
		stream(stream).fetch(outcome(exception)).record(duration);
	}

	private static String outcome(@Nullable Throwable exception) {
		if (exception == null) {
			return SUCCESS;
		}
		if (KinesisFailures.isThrottle(exception)) {
			return "throttled";
		}
		return KinesisFailures.isExpiredIterator(exception) ? "expired" : FAILURE;
	}

	@Override
	public void onUnpacked(String stream, String shardId, long bytes, int records, int deaggregated) {
		Counters counters = counters(stream, shardId);
		counters.add(KinesisMeter.CONSUMER_BYTES, bytes);
		counters.add(KinesisMeter.CONSUMER_RECORDS, records);
		counters.add(KinesisMeter.CONSUMER_DEAGGREGATED, deaggregated);
	}

	@Override
	public void onBatchRead(String stream, String shardId, int records, long millisBehindLatest, Duration span) {
		stream(stream).read(records);
		long now = this.meters.now();
		stream(stream).with(shardId, (shard) -> shard.lag().batchRead(records, millisBehindLatest, span, now));
	}

	@Override
	public void onBatchHandled(String stream, String shardId) {
		stream(stream).with(shardId, (shard) -> shard.lag().handled());
	}

	@Override
	public void onDeliveryStarted(String stream, String shardId, Checkpoint.After last) {
		long now = this.meters.now();
		stream(stream).with(shardId, (shard) -> shard.checkpointAge().begun(last, now));
	}

	@Override
	public void onCheckpoint(String stream, String shardId, Checkpoint checkpoint, @Nullable Throwable exception) {
		Tags outcome = Tags.of(KinesisTag.OUTCOME.asString(), (exception != null) ? FAILURE : SUCCESS);
		counters(stream, shardId).increment(KinesisMeter.CONSUMER_CHECKPOINTS, outcome);
		if (exception == null) {
			long now = this.meters.now();
			stream(stream).with(shardId, (shard) -> shard.checkpointAge().written(checkpoint, now));
		}
	}

	@Override
	public void onBufferChanged(long used, long limit) {
		this.bufferUsed = used;
		this.bufferSize = limit;
	}

	@Override
	public void onThrottled(String stream, @Nullable String shardId, String action) {
		Tags further = Tags.of(KinesisTag.ACTION.asString(), action);
		counters(stream, shardId).increment(KinesisMeter.CONSUMER_THROTTLES, further);
	}

	@Override
	public void onCallFailed(String stream, @Nullable String shardId, String action, Throwable exception) {
		Tags further = Tags.of(KinesisTag.ACTION.asString(), action, KinesisTag.CAUSE.asString(),
				KinesisFailures.nameOf(exception));
		counters(stream, shardId).increment(KinesisMeter.CONSUMER_FAILURES, further);
	}

	@Override
	public void onIteratorExpired(String stream, String shardId) {
		counters(stream, shardId).add(KinesisMeter.CONSUMER_ITERATORS_EXPIRED, 1);
	}

	@Override
	public void onCheckpointStale(String stream, String shardId) {
		counters(stream, shardId).add(KinesisMeter.CONSUMER_CHECKPOINTS_STALE, 1);
	}

	@Override
	public void onAggregateBroken(String stream, String shardId) {
		counters(stream, shardId).add(KinesisMeter.CONSUMER_AGGREGATES_BROKEN, 1);
	}

	@Override
	public void onOutOfRange(String stream, String shardId, int records, boolean dropped) {
		Tags outcome = Tags.of(KinesisTag.OUTCOME.asString(), dropped ? "dropped" : "delivered");
		counters(stream, shardId).add(KinesisMeter.CONSUMER_OUT_OF_RANGE, outcome, records);
	}

	@Override
	public void onSubscriptionOpened(String stream, String shardId) {
		onSubscriptionEvent(stream, shardId);
	}

	@Override
	public void onSubscriptionEvent(String stream, String shardId) {
		long now = this.meters.now();
		stream(stream).with(shardId, (shard) -> shard.subscription().cameUp(now));
	}

	@Override
	public void onSubscriptionEnded(String stream, String shardId, SubscriptionEnd cause) {
		Tags further = Tags.of(KinesisTag.CAUSE.asString(), StreamMeters.lowerCase(cause));
		counters(stream, shardId).increment(KinesisMeter.CONSUMER_SUBSCRIPTIONS_ENDED, further);
		stream(stream).with(shardId, (shard) -> shard.subscription().ended());
	}

	@Override
	public void onDeliveryQueued(ListenerShard shard, int records) {
		this.inFlight.add(records);
	}

	@Override
	public void onDeliveryDone(ListenerShard shard, int records) {
		this.inFlight.add(-records);
	}

	@Override
	public ListenerCall onListenerCalled(ListenerShard shard) {
		long begun = this.meters.now();
		return (records, exception) -> {
			Duration duration = Duration.ofNanos(this.meters.now() - begun);
			stream(shard.stream()).delivery((exception != null) ? FAILURE : SUCCESS).record(duration);
			counters(shard.stream(), shard.shardId()).add(KinesisMeter.CONSUMER_DELIVERED, records);
		};
	}

	@Override
	public void onExecutorRejected(ListenerShard shard, Throwable cause) {
		counters(shard.stream(), shard.shardId()).add(KinesisMeter.CONSUMER_REJECTED, 1);
	}

	@Override
	public void onRetry(ListenerShard shard, Throwable cause) {
		Tags further = Tags.of(KinesisTag.CAUSE.asString(), ClassUtils.getShortName(cause.getClass()));
		counters(shard.stream(), shard.shardId()).increment(KinesisMeter.CONSUMER_RETRIES, further);
	}

	@Override
	public void onNacked(ListenerShard shard, int records) {
		counters(shard.stream(), shard.shardId()).add(KinesisMeter.CONSUMER_NACKED, records);
	}

	@Override
	public void onExpired(String stream, String shardId) {
		counters(stream, shardId).add(KinesisMeter.CONSUMER_EXPIRED, 1);
	}

	@Override
	public void onSkipped(ListenerShard shard, Throwable cause) {
		counters(shard.stream(), shard.shardId()).add(KinesisMeter.CONSUMER_SKIPPED, 1);
	}

	@Override
	public void onRecovered(ListenerShard shard, Throwable cause) {
		counters(shard.stream(), shard.shardId()).add(KinesisMeter.CONSUMER_DEAD_LETTERS, 1);
	}

	@Override
	public void onRecovererFailed(ListenerShard shard, Throwable cause) {
		counters(shard.stream(), shard.shardId()).add(KinesisMeter.CONSUMER_RECOVERER_FAILURES, 1);
	}

	@Override
	public void onFiltered(String stream, String shardId, int records) {
		counters(stream, shardId).add(KinesisMeter.CONSUMER_FILTERED, records);
	}

}

package io.kinesisspring.metrics;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.shard.ShardState;

/**
 * The meters of a stream that a listener reads. The meters of its shards exist while this
 * instance holds the shards. Thread-safe.
 */
final class StreamMeters {

	/**
	 * The tag value for events without a shard, or of a shard that this instance no
	 * longer holds.
	 */
	private static final String NO_SHARD = "none";

	private final Map<String, ShardMeters> shards = new ConcurrentHashMap<>();

	private final Map<String, Timer> fetches = new ConcurrentHashMap<>();

	private final Map<String, Timer> deliveries = new ConcurrentHashMap<>();

	private final Meters meters;

	private final Tags tags;

	private final boolean byShard;

	private final Counters counters;

	private final DistributionSummary fetchRecords;

	private final Counter taken;

	private final Counter lost;

	private final LeaseShare leaseShare;

	/** The lag of shards that perhaps no instance reads. */
	private volatile Lag.@Nullable Point left;

	/**
	 * Create the meters of a stream.
	 * @param byShard whether each shard has counters of its own
	 */
	StreamMeters(Meters meters, Tags tags, boolean byShard) {
		this.meters = meters;
		this.tags = tags;
		this.byShard = byShard;
		this.counters = new Counters(meters, byShard ? ofShard(NO_SHARD) : tags);
		this.fetchRecords = meters.summary(KinesisMeter.CONSUMER_FETCH_RECORDS, tags);
		this.taken = meters.counter(KinesisMeter.LEASE_TAKEN, tags);
		this.lost = meters.counter(KinesisMeter.LEASE_LOST, tags);
		this.leaseShare = new LeaseShare(meters, tags);
		gauge(KinesisMeter.LEASE_HELD, (stream) -> stream.shards.size());
		gauge(KinesisMeter.CONSUMER_LAG_MAX, StreamMeters::largestLag);
		gauge(KinesisMeter.CONSUMER_CHECKPOINT_AGE_MAX, StreamMeters::largestCheckpointAge);
		gauge(KinesisMeter.CONSUMER_SUBSCRIPTIONS, StreamMeters::countOfSubscriptions);
		gauge(KinesisMeter.CONSUMER_SUBSCRIPTIONS_SILENCE_MAX, StreamMeters::longestSilence);
		for (ShardState.Activity activity : ShardState.Activity.values()) {
			meters.gauge(KinesisMeter.CONSUMER_SHARDS, tags.and(KinesisTag.STATE.asString(), lowerCase(activity)), this,
					(stream) -> stream.countOf(activity));
		}
	}

	private void gauge(KinesisMeter meter, ToDoubleFunction<StreamMeters> value) {
		this.meters.gauge(meter, this.tags, this, value);
	}

	void acquired(String shardId) {
		this.taken.increment();
		close(this.shards.put(shardId, new ShardMeters(this.meters, this.byShard ? ofShard(shardId) : null)));
	}

	private Tags ofShard(String shardId) {
		return this.tags.and(KinesisTag.SHARD.asString(), shardId);
	}

	void lost() {
		this.lost.increment();
	}

	void handedOver(String reason) {
		this.meters.counter(KinesisMeter.LEASE_HANDED_OVER, this.tags.and(KinesisTag.REASON.asString(), reason))
			.increment();
	}

	LeaseShare share() {
		return this.leaseShare;
	}

	/**
	 * This instance no longer holds a shard.
	 * @param forsaken whether perhaps no instance reads it, so that its lag still counts
	 */
	void remove(String shardId, boolean forsaken) {
		ShardMeters gone = this.shards.remove(shardId);
		if (gone != null && forsaken) {
			leave(gone.lag().point());
		}
		close(gone);
	}

	private void leave(Lag.Point point) {
		Lag.Point before = this.left;
		if (before == null || before.millisAt(this.meters) < point.millisAt(this.meters)) {
			this.left = point;
		}
	}

	void removeAll(boolean forsaken) {
		this.shards.keySet().forEach((shardId) -> remove(shardId, forsaken));
		this.leaseShare.set(0, 0);
	}

	void forgetLeft() {
		this.left = null;
	}

	private static void close(@Nullable ShardMeters shard) {
		if (shard != null) {
			shard.close();
		}
	}

	void with(String shardId, Consumer<ShardMeters> action) {
		ShardMeters shard = this.shards.get(shardId);
		if (shard != null) {
			action.accept(shard);
		}
	}

	/**
	 * The counters for events of a shard: its own, or those of the stream if it has none
	 * or is no longer held.
	 */
	Counters counters(@Nullable String shardId) {
		ShardMeters shard = (this.byShard && shardId != null) ? this.shards.get(shardId) : null;
		Counters own = (shard != null) ? shard.counters() : null;
		return (own != null) ? own : this.counters;
	}

	void read(int records) {
		if (records > 0) {
			this.fetchRecords.record(records);
		}
	}

	Timer fetch(String outcome) {
		return timer(this.fetches, KinesisMeter.CONSUMER_FETCH, outcome);
	}

	Timer delivery(String outcome) {
		return timer(this.deliveries, KinesisMeter.CONSUMER_LISTENER, outcome);
	}

	private Timer timer(Map<String, Timer> timers, KinesisMeter meter, String outcome) {
		Timer timer = timers.get(outcome);
		return (timer != null) ? timer : timers.computeIfAbsent(outcome,
				(unknown) -> this.meters.timer(meter, this.tags.and(KinesisTag.OUTCOME.asString(), unknown)));
	}

	private double largestLag() {
		double largest = Double.NaN;
		Lag.Point forsaken = this.left;
		if (forsaken != null) {
			largest = forsaken.millisAt(this.meters);
		}
		for (ShardMeters shard : this.shards.values()) {
			largest = larger(largest, shard.lag().point().millisAt(this.meters));
		}
		return largest;
	}

	private double largestCheckpointAge() {
		double largest = Double.NaN;
		for (ShardMeters shard : this.shards.values()) {
			largest = larger(largest, shard.checkpointMillis());
		}
		return largest;
	}

	private double countOfSubscriptions() {
		return this.shards.values().stream().filter((shard) -> shard.subscription().isOpen()).count();
	}

	private double longestSilence() {
		double longest = Double.NaN;
		for (ShardMeters shard : this.shards.values()) {
			longest = larger(longest, shard.subscription().silence(this.meters));
		}
		return longest;
	}

	private static double larger(double one, double other) {
		return (one > other || Double.isNaN(other)) ? one : other;
	}

	private double countOf(ShardState.Activity activity) {
		return this.shards.values().stream().filter((shard) -> shard.activity() == activity).count();
	}

	static String lowerCase(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}

package io.kinesisspring.metrics;

import java.util.ArrayList;
import java.util.List;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.shard.ShardState;

/**
 * The meters of a shard while this instance holds it. Thread-safe, except as {@link Lag}
 * and {@link CheckpointAge} document.
 */
final class ShardMeters {

	private final List<Meter> gauges = new ArrayList<>(2);

	private final Meters meters;

	private final Lag lag;

	private final CheckpointAge checkpointAge = new CheckpointAge();

	private final @Nullable Counters counters;

	private final Subscription subscription = new Subscription();

	private volatile ShardState.Activity activity = ShardState.Activity.READING;

	/**
	 * Create the meters of a shard.
	 * @param tags the tags of the shard; {@code null} if it has no meters of its own
	 */
	ShardMeters(Meters meters, @Nullable Tags tags) {
		this.meters = meters;
		this.lag = new Lag(meters.now());
		this.counters = (tags != null) ? new Counters(meters, tags) : null;
		if (tags != null) {
			keep(meters.gauge(KinesisMeter.CONSUMER_LAG, tags, this, (shard) -> shard.lag.point().millisAt(meters)));
			keep(meters.gauge(KinesisMeter.CONSUMER_CHECKPOINT_AGE, tags, this, ShardMeters::checkpointMillis));
		}
	}

	private void keep(@Nullable Meter gauge) {
		if (gauge != null) {
			this.gauges.add(gauge);
		}
	}

	void turned(ShardState.Activity to) {
		this.activity = to;
		if (to == ShardState.Activity.READING) {
			this.lag.reopened();
			this.checkpointAge.reopened();
		}
	}

	ShardState.Activity activity() {
		return this.activity;
	}

	Lag lag() {
		return this.lag;
	}

	CheckpointAge checkpointAge() {
		return this.checkpointAge;
	}

	Subscription subscription() {
		return this.subscription;
	}

	double checkpointMillis() {
		return this.checkpointAge.millis(this.meters);
	}

	/**
	 * The counters of its own.
	 * @return the counters, {@code null} if it has none
	 */
	@Nullable Counters counters() {
		return this.counters;
	}

	void close() {
		this.gauges.forEach(this.meters::remove);
		if (this.counters != null) {
			this.counters.close();
		}
	}

}

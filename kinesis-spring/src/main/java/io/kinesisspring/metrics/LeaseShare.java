package io.kinesisspring.metrics;

import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Tags;

/**
 * The assignment of a stream's shards, as this instance last saw it. Thread-safe.
 */
final class LeaseShare {

	/** Longer than the time between two regular reconciliations. */
	private static final long KNOWN_FOR = TimeUnit.MINUTES.toMillis(5);

	private final Meters meters;

	private volatile Sight sight;

	LeaseShare(Meters meters, Tags tags) {
		this.meters = meters;
		this.sight = new Sight(0, 0, meters.now());
		meters.gauge(KinesisMeter.LEASE_WANTED, tags, this, (share) -> share.sight.wanted());
		meters.gauge(KinesisMeter.LEASE_FREE, tags, this, LeaseShare::free);
	}

	void set(int wanted, int free) {
		this.sight = new Sight(wanted, free, this.meters.now());
	}

	/**
	 * An instance that has seen free shards reconciles again soon, or another instance
	 * has taken over the task.
	 */
	private double free() {
		Sight last = this.sight;
		return (this.meters.millisSince(last.at()) < KNOWN_FOR) ? last.free() : 0;
	}

	private record Sight(int wanted, int free, long at) {

	}

}

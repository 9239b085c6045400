package io.kinesisspring.lease;

import java.time.Duration;

import io.kinesisspring.KinesisConfigurationException;

/**
 * How a worker coordinates with the others. Immutable.
 *
 * @param failoverAfter how long a worker may be silent before the others take its leases
 * @param maxLeases how many leases the worker holds at most
 * @param initialPosition where shards begin that have no checkpoint
 * @since 0.1.0
 */
public record LeaseOptions(Duration failoverAfter, int maxLeases, InitialPosition initialPosition) {

	/** The default of {@code failoverAfter}: ten seconds. */
	public static final Duration DEFAULT_FAILOVER_AFTER = Duration.ofSeconds(10);

	private static final Duration MINIMUM_FAILOVER_AFTER = Duration.ofSeconds(1);

	private static final int BEATS_PER_FAILOVER = 4;

	private static final Duration LONGEST_ROUND = Duration.ofSeconds(1);

	public LeaseOptions {
		if (failoverAfter.compareTo(MINIMUM_FAILOVER_AFTER) < 0) {
			throw new KinesisConfigurationException("kinesis.lease.failover-after is " + failoverAfter.toMillis()
					+ "ms, too short for " + BEATS_PER_FAILOVER + " heartbeats", "Set it to 1s or more");
		}
		if (maxLeases < 1) {
			throw new KinesisConfigurationException("kinesis.lease.max-leases is " + maxLeases,
					"Set it to 1 or more, or leave it out for no limit");
		}
	}

	Duration beatInterval() {
		return this.failoverAfter.dividedBy(BEATS_PER_FAILOVER);
	}

	Duration roundInterval() {
		Duration beat = beatInterval();
		return (beat.compareTo(LONGEST_ROUND) < 0) ? beat : LONGEST_ROUND;
	}

}

package io.kinesisspring.lease;

import java.time.Duration;

import io.kinesisspring.InvalidOptionException;

/**
 * How a worker coordinates with the others. Immutable.
 *
 * @param failoverAfter how long a worker may be silent before the others claim its leases
 * @param maxLeases how many leases the worker holds at most
 * @param initialPosition where shards begin that have no checkpoint
 * @param keepsStaleCheckpoints whether the checkpoints of a stream that was deleted and
 * recreated are kept, so that its readers stop there
 * @since 0.1.0
 */
public record LeaseOptions(Duration failoverAfter, int maxLeases, InitialPosition initialPosition,
		boolean keepsStaleCheckpoints) {

	/** The default of {@code failoverAfter}: ten seconds. */
	public static final Duration DEFAULT_FAILOVER_AFTER = Duration.ofSeconds(10);

	private static final Duration MINIMUM_FAILOVER_AFTER = Duration.ofSeconds(1);

	private static final int HEARTBEATS_PER_FAILOVER = 4;

	private static final int MISSED_HEARTBEATS = 3;

	public LeaseOptions {
		if (failoverAfter.compareTo(MINIMUM_FAILOVER_AFTER) < 0) {
			throw new InvalidOptionException(InvalidOptionException.Group.LEASE, "{failoverAfter} is "
					+ failoverAfter.toMillis() + "ms, too short for " + MISSED_HEARTBEATS + " heartbeats",
					"Set it to 1s or more");
		}
		if (maxLeases < 1) {
			throw new InvalidOptionException(InvalidOptionException.Group.LEASE, "{maxLeases} is " + maxLeases,
					"Set it to 1 or more, or leave it out for no limit");
		}
	}

	/**
	 * Create options under which all shards of a recreated stream are read from their
	 * beginning.
	 * @param failoverAfter how long a worker may be silent before the others claim its
	 * leases
	 * @param maxLeases how many leases the worker holds at most
	 * @param initialPosition where shards begin that have no checkpoint
	 */
	public LeaseOptions(Duration failoverAfter, int maxLeases, InitialPosition initialPosition) {
		this(failoverAfter, maxLeases, initialPosition, false);
	}

	Duration heartbeatInterval() {
		return this.failoverAfter.dividedBy(HEARTBEATS_PER_FAILOVER);
	}

	/**
	 * How long a worker may go without a heartbeat before it counts as dead. The rest of
	 * the failover time is for the other workers to notice: they see a heartbeat in the
	 * response to their own.
	 */
	Duration timeout() {
		return Duration.ofMillis(heartbeatInterval().multipliedBy(MISSED_HEARTBEATS).toMillis());
	}

}

package io.kinesisspring.lease;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The free leases, and since when each has been seen free. Confined to the coordinator's
 * loop.
 */
final class UnassignedLeases {

	/**
	 * How long a free lease is reserved for the worker that it is assigned to. After that
	 * any worker may claim it, so that no shard waits for an even balance.
	 */
	static final Duration GRACE = Duration.ofMillis(500);

	private final Map<String, Sighting> sightings = new HashMap<>();

	/**
	 * Forget leases that have changed.
	 */
	void compareWith(Map<String, Lease> stored) {
		this.sightings.entrySet().removeIf((sighting) -> !sighting.getValue().isStill(stored.get(sighting.getKey())));
	}

	/**
	 * Record that a lease is free.
	 * @return whether any worker may claim it by now
	 */
	boolean isClaimableByAnyone(Lease lease, long now) {
		Sighting first = this.sightings.computeIfAbsent(lease.key(), (key) -> new Sighting(lease.epoch(), now));
		return now - first.since >= GRACE.toNanos();
	}

	/**
	 * Since when the longest free lease has been seen free.
	 * @return the moment, {@code null} if none is free
	 */
	@Nullable Long oldest() {
		return this.sightings.values().stream().map(Sighting::since).min(Long::compare).orElse(null);
	}

	private record Sighting(long epoch, long since) {

		private boolean isStill(@Nullable Lease lease) {
			return lease != null && lease.epoch() == this.epoch && !lease.isFinished();
		}

	}

}

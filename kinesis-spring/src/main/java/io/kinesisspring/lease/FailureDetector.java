package io.kinesisspring.lease;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Decides which workers are dead: those whose heartbeat counter has not changed for the
 * timeout of their group, by this observer's monotonic clock. A change counts from the
 * moment at which the response that showed it arrived. Silence counts only until the last
 * read was sent, because the store may have read the row at that moment, however late the
 * response arrived. Confined to the coordinator's loop.
 */
final class FailureDetector {

	private static final long NO_HEARTBEAT = Long.MIN_VALUE;

	private final Duration timeout;

	private final Map<String, Sighting> sightings = new HashMap<>();

	FailureDetector(Duration timeout) {
		this.timeout = timeout;
	}

	void observe(WorkerGroup workerGroup, long now) {
		workerGroup.heartbeats().forEach((worker, heartbeat) -> note(worker, heartbeat, now, workerGroup.timeout()));
	}

	/**
	 * Observe the whole table. An owner that is in no group is treated like a member
	 * whose counter does not move, because it may have joined during the scan. If a group
	 * cannot be read, such an owner may be a member of it, and counts as alive.
	 * @param now when the response arrived
	 */
	void observe(LeaseTable table, long now) {
		Set<String> seen = new HashSet<>();
		for (WorkerGroup workerGroup : table.groups()) {
			observe(workerGroup, now);
			seen.addAll(workerGroup.members());
		}
		for (Lease lease : table.leases()) {
			if (lease.owner() != null && seen.add(lease.owner())) {
				if (table.hasUnreadableGroup()) {
					this.sightings.remove(lease.owner());
				}
				note(lease.owner(), NO_HEARTBEAT, now, this.timeout);
			}
		}
		this.sightings.keySet().retainAll(seen);
	}

	private void note(String worker, long heartbeat, long now, Duration timeout) {
		this.sightings.compute(worker, (id, last) -> (last == null || heartbeat > last.heartbeat)
				? new Sighting(heartbeat, now, timeout.toNanos()) : last);
	}

	/**
	 * Forget all observations, because this observer could not see which workers were
	 * silent in the meantime.
	 */
	void forget() {
		this.sightings.clear();
	}

	/**
	 * Whether a worker counts as alive.
	 * @param asOf when the last read of it was sent
	 */
	boolean isAlive(String worker, long asOf) {
		return timeUntilDead(worker, asOf) > 0;
	}

	/**
	 * Whether no other member of a group is alive.
	 */
	boolean isAlone(String worker, WorkerGroup workerGroup, long now) {
		return workerGroup.members().stream().noneMatch((other) -> !other.equals(worker) && isAlive(other, now));
	}

	/**
	 * Whether a worker has been dead for so long that it is evicted even if it still owns
	 * leases.
	 */
	boolean isLongDead(String worker, long now) {
		Sighting last = this.sightings.get(worker);
		return last != null && now - last.since >= 10 * last.timeout;
	}

	/**
	 * How long it takes until a silent worker counts as dead, in nanoseconds.
	 */
	long timeUntilDead(String worker, long now) {
		Sighting last = this.sightings.get(worker);
		return (last != null) ? last.timeout - (now - last.since) : this.timeout.toNanos();
	}

	private record Sighting(long heartbeat, long since, long timeout) {

	}

}

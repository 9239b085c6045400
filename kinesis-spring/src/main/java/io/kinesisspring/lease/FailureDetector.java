package io.kinesisspring.lease;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Who is alive, as far as one observer can tell: a worker whose counter has moved within
 * the observer's timeout, by its own monotonic clock. No other clock is looked at. A
 * counter is taken to have moved when the answer came that showed it, which is later; and
 * who has not moved is judged by the moment at which the last look was sent, which is
 * earlier: a row may have been read then, however long the answer took. Confined to the
 * coordinator's loop.
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
	 * Take note of all that the store holds. An owner that is in no group is watched like
	 * one whose counter stands still: it may have joined behind the reader's back. If
	 * there are groups that cannot be read, it may heartbeat in one of them.
	 * @param now the moment at which the answer came
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
	 * Begin anew: nobody can be blamed for standing still while the observer could not
	 * look.
	 */
	void forget() {
		this.sightings.clear();
	}

	/**
	 * Whether a worker counts as alive.
	 * @param asOf the moment at which the last look at it was sent
	 */
	boolean isAlive(String worker, long asOf) {
		return timeUntilDead(worker, asOf) > 0;
	}

	/**
	 * Whether nobody else of a group is alive.
	 */
	boolean isAlone(String worker, WorkerGroup workerGroup, long now) {
		return workerGroup.members().stream().noneMatch((other) -> !other.equals(worker) && isAlive(other, now));
	}

	/**
	 * Whether a worker has been silent for so long that whatever is left of it is litter.
	 */
	boolean isLongDead(String worker, long now) {
		Sighting last = this.sightings.get(worker);
		return last != null && now - last.since >= 10 * last.timeout;
	}

	/**
	 * How long it takes until a worker will have been silent for too long, in
	 * nanoseconds.
	 */
	long timeUntilDead(String worker, long now) {
		Sighting last = this.sightings.get(worker);
		return (last != null) ? last.timeout - (now - last.since) : this.timeout.toNanos();
	}

	private record Sighting(long heartbeat, long since, long timeout) {

	}

}

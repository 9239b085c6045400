package io.kinesisspring.lease;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Who is alive, as far as one observer can tell: a worker whose counter has moved within
 * the failover time of the observer's own monotonic clock. No other clock is looked at.
 * Confined to the coordinator's loop.
 */
final class Liveness {

	private static final long NO_BEAT = Long.MIN_VALUE;

	private final long failoverNanos;

	private final Map<String, Sighting> sightings = new HashMap<>();

	Liveness(long failoverNanos) {
		this.failoverNanos = failoverNanos;
	}

	/**
	 * Take note of what the store holds. An owner without a row of its own is watched
	 * like one whose counter stands still: its row may be on its way.
	 */
	void observe(LeaseTable table, long now) {
		Set<String> seen = new HashSet<>();
		table.workers().forEach((worker) -> note(worker.id(), worker.beat(), now, seen));
		for (Lease lease : table.leases()) {
			if (lease.owner() != null && !seen.contains(lease.owner())) {
				note(lease.owner(), NO_BEAT, now, seen);
			}
		}
		this.sightings.keySet().retainAll(seen);
	}

	private void note(String workerId, long beat, long now, Set<String> seen) {
		seen.add(workerId);
		this.sightings.compute(workerId,
				(id, last) -> (last != null && last.beat == beat) ? last : new Sighting(beat, now));
	}

	boolean isAlive(String workerId, long now) {
		Sighting last = this.sightings.get(workerId);
		return last != null && now - last.since < this.failoverNanos;
	}

	Stream<String> alive(long now) {
		return this.sightings.keySet().stream().filter((workerId) -> isAlive(workerId, now));
	}

	/**
	 * Workers that have been still for so long that their rows are only litter.
	 */
	List<Worker> longDead(Collection<Worker> workers, long now) {
		return workers.stream().filter((worker) -> {
			Sighting last = this.sightings.get(worker.id());
			return last != null && now - last.since > 10 * this.failoverNanos;
		}).toList();
	}

	private record Sighting(long beat, long since) {

	}

}

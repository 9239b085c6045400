package io.kinesisspring.lease;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Who is alive, as far as one observer can tell: a worker whose counter has moved within
 * the observer's patience, by its own monotonic clock. No other clock is looked at. What
 * is said of a worker holds at the moment when it has been observed, not later. Confined
 * to the coordinator's loop.
 */
final class Watch {

	private static final long NO_BEAT = Long.MIN_VALUE;

	private final long patience;

	private final Map<String, Sighting> sightings = new HashMap<>();

	Watch(long patience) {
		this.patience = patience;
	}

	void observe(Crew crew, long now) {
		crew.beats().forEach((worker, beat) -> note(worker, beat, now));
	}

	/**
	 * Take note of all that the store holds. An owner that is in no crew is watched like
	 * one whose counter stands still: it may have joined behind the reader's back.
	 */
	void observe(LeaseTable table, long now) {
		Set<String> seen = new HashSet<>();
		for (Crew crew : table.crews()) {
			observe(crew, now);
			seen.addAll(crew.members());
		}
		for (Lease lease : table.leases()) {
			if (lease.owner() != null && seen.add(lease.owner())) {
				note(lease.owner(), NO_BEAT, now);
			}
		}
		this.sightings.keySet().retainAll(seen);
	}

	private void note(String worker, long beat, long now) {
		this.sightings.compute(worker,
				(id, last) -> (last == null || beat > last.beat) ? new Sighting(beat, now) : last);
	}

	/**
	 * Begin anew: nobody can be blamed for standing still while the observer could not
	 * look.
	 */
	void forget() {
		this.sightings.clear();
	}

	boolean isAlive(String worker, long now) {
		return silence(worker, now) < this.patience;
	}

	/**
	 * Whether a worker has been silent for so long that whatever is left of it is litter.
	 */
	boolean isLongDead(String worker, long now) {
		return silence(worker, now) >= 10 * this.patience;
	}

	/**
	 * How long it takes until a worker will have been silent for too long.
	 */
	long patienceLeft(String worker, long now) {
		return this.patience - silence(worker, now);
	}

	private long silence(String worker, long now) {
		@Nullable Sighting last = this.sightings.get(worker);
		return (last != null) ? now - last.since : 0;
	}

	private record Sighting(long beat, long since) {

	}

}

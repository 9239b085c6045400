package io.kinesisspring.lease;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Decides which observations in shard listings are confirmed. The service may return a
 * state of some seconds ago, or omit a shard for a moment. An observation that does harm
 * if it is wrong counts only once several listings have shown it for some time. Confined
 * to the coordinator's loop.
 */
final class ListingConfirmation {

	static final Duration MINIMUM_TIME = Duration.ofMinutes(2);

	static final int MINIMUM_LISTINGS = 3;

	private final Map<String, Map<String, Observation>> observations = new HashMap<>();

	/**
	 * Record what a listing shows, and forget what it no longer shows.
	 * @param stream the stream that has been listed
	 * @param observed what the listing says
	 * @param requestedAt when the listing was requested
	 * @return what is confirmed
	 */
	Set<String> confirm(String stream, Set<String> observed, long requestedAt) {
		Map<String, Observation> before = this.observations.getOrDefault(stream, Map.of());
		Map<String, Observation> now = new HashMap<>();
		Set<String> confirmed = new HashSet<>();
		for (String observation : observed) {
			Observation first = before.getOrDefault(observation, new Observation(requestedAt, 0));
			Observation repeated = new Observation(first.since, first.times + 1);
			now.put(observation, repeated);
			if (repeated.times >= MINIMUM_LISTINGS && requestedAt - repeated.since >= MINIMUM_TIME.toNanos()) {
				confirmed.add(observation);
			}
		}
		this.observations.put(stream, now);
		return confirmed;
	}

	private record Observation(long since, int times) {

	}

}

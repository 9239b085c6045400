package io.kinesisspring.lease;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * How many of a stream's shards each worker should hold. All workers that see the same
 * leases and workers come to the same numbers, and whoever holds most keeps the odd ones,
 * so that nothing moves without need. A pure function.
 */
final class Balance {

	private final Map<String, Integer> quotas = new HashMap<>();

	private final Map<String, Integer> held = new HashMap<>();

	Balance(List<Lease> active, Set<String> liveWorkers) {
		liveWorkers.forEach((worker) -> this.held.put(worker, 0));
		active.stream()
			.map(Lease::owner)
			.filter(Objects::nonNull)
			.forEach((owner) -> this.held.computeIfPresent(owner, (id, count) -> count + 1));
		if (liveWorkers.isEmpty()) {
			return;
		}
		int share = active.size() / liveWorkers.size();
		int odd = active.size() % liveWorkers.size();
		Comparator<String> mostFirst = Comparator.comparing((String worker) -> -heldBy(worker));
		TreeSet<String> ordered = new TreeSet<>(mostFirst.thenComparing(Comparator.naturalOrder()));
		ordered.addAll(liveWorkers);
		for (String worker : ordered) {
			this.quotas.put(worker, share + ((odd-- > 0) ? 1 : 0));
		}
	}

	/**
	 * How many a worker should hold.
	 */
	int quotaOf(String worker) {
		return this.quotas.getOrDefault(worker, 0);
	}

	/**
	 * How many a worker is seen to hold.
	 */
	int heldBy(String worker) {
		return this.held.getOrDefault(worker, 0);
	}

}

package io.kinesisspring.lease;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * Who should hold each of a stream's leases. All workers that see the same leases and
 * workers come to the same plan, so that no two of them reach for the same lease; and
 * whoever holds most keeps the odd ones, so that nothing moves without need. A pure
 * function.
 */
final class Balance {

	private final Map<String, Integer> held = new TreeMap<>();

	private final Map<String, Integer> quotas = new HashMap<>();

	private final Map<String, String> targets = new HashMap<>();

	Balance(List<Lease> active, Collection<String> liveWorkers) {
		liveWorkers.forEach((worker) -> this.held.put(worker, 0));
		if (!this.held.isEmpty()) {
			active.forEach(this::count);
			share(active.size());
			assign(active);
		}
	}

	private void count(Lease lease) {
		if (lease.owner() != null) {
			this.held.computeIfPresent(lease.owner(), (worker, count) -> count + 1);
		}
	}

	private void share(int leases) {
		int share = leases / this.held.size();
		int odd = leases % this.held.size();
		List<String> mostFirst = new ArrayList<>(this.held.keySet());
		mostFirst.sort(Comparator.comparing((String worker) -> -this.held.getOrDefault(worker, 0)));
		for (String worker : mostFirst) {
			this.quotas.put(worker, share + ((odd-- > 0) ? 1 : 0));
		}
	}

	private void assign(List<Lease> active) {
		Map<String, Integer> room = new TreeMap<>(this.quotas);
		List<Lease> free = new ArrayList<>();
		List<Lease> surplus = new ArrayList<>();
		List<Lease> ordered = new ArrayList<>(active);
		ordered.sort(Comparator.comparing(Lease::shardId));
		for (Lease lease : ordered) {
			@Nullable Integer left = (lease.owner() != null) ? room.get(lease.owner()) : null;
			if (left == null) {
				free.add(lease);
			}
			else if (left == 0) {
				surplus.add(lease);
			}
			else {
				room.put(lease.owner(), left - 1);
				this.targets.put(lease.shardId(), lease.owner());
			}
		}
		free.addAll(surplus);
		Iterator<Lease> pool = free.iterator();
		room.forEach((worker, left) -> {
			for (int i = 0; i < left; i++) {
				this.targets.put(pool.next().shardId(), worker);
			}
		});
	}

	/**
	 * How many leases a worker should hold.
	 */
	int quotaOf(String worker) {
		return this.quotas.getOrDefault(worker, 0);
	}

	/**
	 * Who should hold a lease.
	 * @return the worker, {@code null} if there are none
	 */
	@Nullable String targetOf(Lease lease) {
		return this.targets.get(lease.shardId());
	}

}

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
 * Assigns the leases of all streams to workers. Each stream is shared evenly among its
 * workers, and the remainder goes to the workers that have the fewest leases of all
 * streams together. Workers that see the same table compute the same assignment, so that
 * no two claim the same lease. A worker keeps its leases as far as possible, so that
 * nothing moves without need. A pure function.
 */
final class LeaseAssignor {

	private final Map<String, StreamShare> shares = new TreeMap<>();

	private final Map<String, String> targets = new HashMap<>();

	/**
	 * Compute the assignment.
	 * @param active the leases to share, by stream
	 * @param workers the workers that read a stream, by stream
	 */
	LeaseAssignor(Map<String, List<Lease>> active, Map<String, ? extends Collection<String>> workers) {
		active.forEach((stream, leases) -> {
			Collection<String> wanting = workers.get(stream);
			if (wanting != null && !wanting.isEmpty()) {
				this.shares.put(stream, new StreamShare(stream, leases, wanting));
			}
		});
		RemainderAssignor.choose(this.shares.values());
		this.shares.forEach((stream, share) -> assign(share, active.getOrDefault(stream, List.of())));
	}

	private void assign(StreamShare share, List<Lease> active) {
		Map<String, Integer> capacity = new TreeMap<>();
		share.workers().forEach((worker) -> capacity.put(worker, share.quotaOf(worker)));
		List<Lease> free = new ArrayList<>();
		List<Lease> surplus = new ArrayList<>();
		List<Lease> ordered = new ArrayList<>(active);
		ordered.sort(Comparator.comparing(Lease::shardId));
		for (Lease lease : ordered) {
			@Nullable Integer remaining = (lease.owner() != null) ? capacity.get(lease.owner()) : null;
			if (remaining == null) {
				free.add(lease);
			}
			else if (remaining == 0) {
				surplus.add(lease);
			}
			else {
				capacity.put(lease.owner(), remaining - 1);
				this.targets.put(lease.key(), lease.owner());
			}
		}
		free.addAll(surplus);
		Iterator<Lease> pool = free.iterator();
		capacity.forEach((worker, remaining) -> {
			for (int i = 0; i < remaining; i++) {
				this.targets.put(pool.next().key(), worker);
			}
		});
	}

	/**
	 * How many leases of a stream a worker should hold.
	 */
	int quotaOf(String stream, String worker) {
		StreamShare share = this.shares.get(stream);
		return (share != null) ? share.quotaOf(worker) : 0;
	}

	/**
	 * Who should hold a lease.
	 * @return the worker, {@code null} if there are none
	 */
	@Nullable String targetOf(Lease lease) {
		return this.targets.get(lease.key());
	}

}

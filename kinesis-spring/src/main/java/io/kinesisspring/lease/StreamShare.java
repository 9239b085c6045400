package io.kinesisspring.lease;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How many leases of a stream each of its workers should hold: all the same number, and
 * some workers one more. Those are chosen by {@link RemainderAssignor}.
 */
final class StreamShare {

	private final String stream;

	private final Map<String, Integer> held = new TreeMap<>();

	private final int base;

	private final int remainder;

	private final Set<String> granted = new TreeSet<>();

	StreamShare(String stream, List<Lease> active, Collection<String> workers) {
		this.stream = stream;
		workers.forEach((worker) -> this.held.put(worker, 0));
		for (Lease lease : active) {
			if (lease.owner() != null) {
				this.held.computeIfPresent(lease.owner(), (worker, count) -> count + 1);
			}
		}
		this.base = active.size() / Math.max(1, this.held.size());
		this.remainder = active.size() % Math.max(1, this.held.size());
	}

	String stream() {
		return this.stream;
	}

	Set<String> workers() {
		return this.held.keySet();
	}

	/**
	 * How many leases each worker gets.
	 */
	int base() {
		return this.base;
	}

	/**
	 * How many leases of the remainder are not granted yet.
	 */
	int remaining() {
		return this.remainder - this.granted.size();
	}

	/**
	 * Whether a worker holds more than the base already.
	 */
	boolean holdsMore(String worker) {
		return this.held.getOrDefault(worker, 0) > this.base;
	}

	boolean isGranted(String worker) {
		return this.granted.contains(worker);
	}

	void grant(String worker) {
		this.granted.add(worker);
	}

	void moveGrant(String worker, String other) {
		this.granted.remove(worker);
		this.granted.add(other);
	}

	int quotaOf(String worker) {
		return this.held.containsKey(worker) ? this.base + (isGranted(worker) ? 1 : 0) : 0;
	}

	/**
	 * The order of workers that are equal otherwise: first those that hold most, since
	 * they have least to claim, and then an order that differs by stream.
	 */
	Comparator<String> order() {
		return Comparator.comparing((String worker) -> -this.held.getOrDefault(worker, 0))
			.thenComparing((worker) -> mix((this.stream + ' ' + worker).hashCode()))
			.thenComparing(Comparator.naturalOrder());
	}

	/**
	 * The finalizer of MurmurHash3: names that differ in their last letter only must not
	 * have the same order in each stream.
	 */
	private static int mix(int hash) {
		int mixed = (hash ^ (hash >>> 16)) * 0x85ebca6b;
		mixed = (mixed ^ (mixed >>> 13)) * 0xc2b2ae35;
		return mixed ^ (mixed >>> 16);
	}

}

package io.kinesisspring.lease;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * What a reset means for the leases of its stream: which get the new position, and which
 * descendants must not be read in the meantime. A pure function.
 */
final class ResetPlan {

	private final Map<String, Lease> leases = new TreeMap<>();

	private final Set<String> targets = new LinkedHashSet<>();

	private final Map<String, Lease> involved = new LinkedHashMap<>();

	/**
	 * Make a plan.
	 * @param leases the stream's leases as they are now
	 * @param shardId the only shard to reset, {@code null} for all
	 * @param finishedToo whether finished shards are reset as well
	 * @param descendants whether the descendants must not be read in the meantime
	 * @param chosen the shards that were chosen before, which stay chosen
	 */
	ResetPlan(Collection<Lease> leases, @Nullable String shardId, boolean finishedToo, boolean descendants,
			Collection<String> chosen) {
		leases.forEach((lease) -> this.leases.put(lease.shardId(), lease));
		this.leases.values()
			.stream()
			.filter((lease) -> shardId == null || shardId.equals(lease.shardId()))
			.filter((lease) -> finishedToo || !lease.isFinished() || chosen.contains(lease.shardId()))
			.forEach((lease) -> this.targets.add(lease.shardId()));
		Set<String> wanted = descendants ? withDescendants() : this.targets;
		parentsFirst(wanted).forEach((lease) -> this.involved.put(lease.key(), lease));
	}

	private Set<String> withDescendants() {
		Map<String, List<String>> children = new HashMap<>();
		this.leases.values()
			.forEach((lease) -> lease.parents()
				.forEach((parent) -> children.computeIfAbsent(parent, (id) -> new ArrayList<>()).add(lease.shardId())));
		Set<String> found = new LinkedHashSet<>(this.targets);
		Deque<String> open = new ArrayDeque<>(this.targets);
		while (!open.isEmpty()) {
			children.getOrDefault(open.remove(), List.of()).stream().filter(found::add).forEach(open::add);
		}
		return found;
	}

	private List<Lease> parentsFirst(Set<String> wanted) {
		Map<String, Lease> ordered = new LinkedHashMap<>();
		wanted.forEach((shardId) -> add(shardId, wanted, ordered));
		return List.copyOf(ordered.values());
	}

	private void add(String shardId, Set<String> wanted, Map<String, Lease> ordered) {
		Lease lease = this.leases.get(shardId);
		if (lease != null && wanted.contains(shardId) && !ordered.containsKey(shardId)) {
			lease.parents().forEach((parent) -> add(parent, wanted, ordered));
			ordered.put(shardId, lease);
		}
	}

	/**
	 * The leases that have to be held while the reset takes place, by their keys, parents
	 * first.
	 */
	Map<String, Lease> involved() {
		return this.involved;
	}

	/**
	 * The shards that get the new position.
	 */
	Set<String> targets() {
		return this.targets;
	}

}

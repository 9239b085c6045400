package io.kinesisspring.lease;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What a listing of shards means for the leases of its stream: which are missing, and
 * which have had their time. Pure functions.
 */
final class LeasePlan {

	private final ShardListing listing;

	private final Map<String, Lease> leases = new HashMap<>();

	private final InitialPosition initialPosition;

	/**
	 * Shards without a lease that come before a finished one: a shard is not read before
	 * its parents, so that nothing of theirs is left to be read.
	 */
	private final Set<String> past = new HashSet<>();

	LeasePlan(ShardListing listing, Collection<Lease> leases, InitialPosition initialPosition) {
		this.listing = listing;
		this.initialPosition = initialPosition;
		leases.forEach((lease) -> this.leases.put(lease.shardId(), lease));
		leases.stream().filter(Lease::isFinished).forEach((lease) -> passedBefore(lease.shardId()));
	}

	private void passedBefore(String shardId) {
		ShardDescription shard = this.listing.shards().get(shardId);
		if (shard == null) {
			return;
		}
		for (String parent : shard.parents()) {
			if (!this.leases.containsKey(parent) && this.past.add(parent)) {
				passedBefore(parent);
			}
		}
	}

	/**
	 * The leases to create, parents before their children: a lease that is there proves
	 * that those it waits for were there before it.
	 */
	List<Lease> missing() {
		Map<String, Lease> planned = new LinkedHashMap<>();
		this.listing.shards().values().forEach((shard) -> plan(shard, planned));
		return new ArrayList<>(planned.values());
	}

	private void plan(ShardDescription shard, Map<String, Lease> planned) {
		String shardId = shard.shardId();
		if (this.leases.containsKey(shardId) || planned.containsKey(shardId) || this.past.contains(shardId)) {
			return;
		}
		Set<String> parents = new LinkedHashSet<>();
		boolean descends = !Collections.disjoint(shard.parents(), this.past);
		for (String parentId : shard.parents()) {
			ShardDescription parent = this.listing.shards().get(parentId);
			if (parent != null) {
				plan(parent, planned);
			}
			if (planned.containsKey(parentId) || this.leases.containsKey(parentId)) {
				parents.add(parentId);
				descends = true;
			}
		}
		Checkpoint checkpoint = descends ? Checkpoint.TRIM_HORIZON : initialCheckpoint(shard);
		if (checkpoint != null) {
			planned.put(shardId, Lease.initial(this.listing.stream(), shardId, checkpoint, parents));
		}
	}

	private @Nullable Checkpoint initialCheckpoint(ShardDescription shard) {
		boolean nothingLeft = shard.closed() && this.initialPosition instanceof InitialPosition.Latest;
		return nothingLeft ? null : this.initialPosition.pinnedAt(this.listing.asOf());
	}

	/**
	 * The leases of finished shards that the service has forgotten.
	 */
	List<Lease> outlived() {
		return this.leases.values()
			.stream()
			.filter((lease) -> lease.isFinished() && !this.listing.shards().containsKey(lease.shardId()))
			.toList();
	}

}

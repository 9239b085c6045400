package io.kinesisspring.lease;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
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

	LeasePlan(ShardListing listing, Collection<Lease> leases, InitialPosition initialPosition) {
		this.listing = listing;
		this.initialPosition = initialPosition;
		leases.forEach((lease) -> this.leases.put(lease.shardId(), lease));
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
		if (this.leases.containsKey(shard.shardId()) || planned.containsKey(shard.shardId())) {
			return;
		}
		Set<String> parents = new LinkedHashSet<>();
		boolean descends = false;
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
			planned.put(shard.shardId(), Lease.initial(this.listing.stream(), shard.shardId(), checkpoint, parents));
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

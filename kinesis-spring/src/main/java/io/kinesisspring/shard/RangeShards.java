package io.kinesisspring.shard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

import io.kinesisspring.lease.ShardDescription;
import io.kinesisspring.lease.ShardListing;

/**
 * The shards of a range that is read, as far as they are known. Parents come before their
 * children. Confined to the loop of the read.
 */
final class RangeShards {

	private final StreamRange range;

	private final Map<String, RangeShard> shards = new LinkedHashMap<>();

	RangeShards(StreamRange range) {
		this.range = range;
	}

	/**
	 * Add the shards of a listing that belong to the range.
	 * @param creation creates those that are new
	 */
	void add(ShardListing listing, Function<ShardDescription, RangeShard> creation) {
		int before;
		do {
			before = this.shards.size();
			for (ShardDescription shard : listing.shards().values()) {
				RangeShard known = this.shards.get(shard.shardId());
				if (known != null) {
					known.update(shard);
				}
				else if (belongs(shard)) {
					this.shards.put(shard.shardId(), creation.apply(shard));
				}
			}
		}
		while (this.shards.size() != before);
	}

	private boolean belongs(ShardDescription shard) {
		return this.range.from() != null || this.range.positions().containsKey(shard.shardId())
				|| shard.parents().stream().anyMatch(this.shards::containsKey);
	}

	boolean isEmpty() {
		return this.shards.isEmpty();
	}

	boolean contain(String shardId) {
		return this.shards.containsKey(shardId);
	}

	boolean haveChildOf(String parent) {
		return this.shards.values().stream().anyMatch((shard) -> shard.description().parents().contains(parent));
	}

	/**
	 * Begin the shards whose parents are finished.
	 * @return those that have to be read
	 */
	List<RangeShard> begin() {
		List<RangeShard> begun = new ArrayList<>();
		boolean changed;
		do {
			changed = false;
			for (RangeShard shard : this.shards.values()) {
				if (shard.state() == RangeShard.State.WAITING) {
					changed |= begin(shard, begun);
				}
			}
		}
		while (changed);
		return begun;
	}

	/**
	 * The records of a shard all come later than those of its parents, so nothing of it
	 * is needed if one of them has passed the range.
	 */
	private boolean begin(RangeShard shard, List<RangeShard> begun) {
		List<RangeShard.State> parents = shard.description()
			.parents()
			.stream()
			.map(this.shards::get)
			.filter(Objects::nonNull)
			.map(RangeShard::state)
			.toList();
		if (parents.contains(RangeShard.State.PASSED)) {
			shard.finish(RangeShard.State.PASSED);
			return true;
		}
		if (!parents.stream().allMatch((state) -> state == RangeShard.State.ENDED)) {
			return false;
		}
		if (shard.begin()) {
			begun.add(shard);
		}
		return true;
	}

	boolean areFinished() {
		return this.shards.values().stream().allMatch((shard) -> shard.state().isFinished());
	}

	ReadProgress progress(long records) {
		int finished = 0;
		double sum = 0;
		for (RangeShard shard : this.shards.values()) {
			finished += shard.state().isFinished() ? 1 : 0;
			sum += shard.fraction();
		}
		int count = this.shards.size();
		return new ReadProgress(count, finished, records, (count == 0) ? 0 : sum / count);
	}

	void close() {
		this.shards.values().forEach(RangeShard::close);
	}

}

package io.kinesisspring.embedded.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * The shards of a stream at one moment: all that it has, and the open ones by hash range.
 * Immutable; resharding makes another one.
 */
final class ShardMap {

	private final List<Shard> all;

	private final Map<String, Shard> byId;

	private final List<Shard> open;

	private final int nextNumber;

	private ShardMap(List<Shard> all, int nextNumber) {
		this.all = List.copyOf(all);
		this.byId = all.stream().collect(Collectors.toUnmodifiableMap(Shard::id, Function.identity()));
		this.nextNumber = nextNumber;
		this.open = all.stream()
			.filter((shard) -> !shard.isClosed())
			.sorted(Comparator.comparing((Shard shard) -> shard.range().start()))
			.toList();
	}

	static ShardMap initial(int count, long now, MemoryBudget memory) {
		List<Shard> shards = new ArrayList<>(count);
		for (HashRange range : HashRange.uniform(count)) {
			shards.add(new Shard(shards.size(), range, List.of(), now, memory));
		}
		return new ShardMap(shards, count);
	}

	List<Shard> all() {
		return this.all;
	}

	List<Shard> open() {
		return this.open;
	}

	Shard route(HashKey key) {
		int low = 0;
		int high = this.open.size() - 1;
		while (low < high) {
			int middle = (low + high + 1) >>> 1;
			if (this.open.get(middle).range().start().compareTo(key) <= 0) {
				low = middle;
			}
			else {
				high = middle - 1;
			}
		}
		return this.open.get(low);
	}

	@Nullable Shard find(String id) {
		return this.byId.get(id);
	}

	ShardMap replace(List<Shard> parents, List<HashRange> ranges, long now, MemoryBudget memory) {
		parents.forEach((parent) -> parent.close(now));
		List<Shard> shards = new ArrayList<>(this.all);
		int number = this.nextNumber;
		for (HashRange range : ranges) {
			shards.add(new Shard(number++, range, parents, now, memory));
		}
		return new ShardMap(shards, number);
	}

	ShardMap withoutClosedBefore(long horizon) {
		List<Shard> kept = this.all.stream()
			.filter((shard) -> !shard.isClosed() || shard.closedAt() >= horizon)
			.toList();
		return (kept.size() == this.all.size()) ? this : new ShardMap(kept, this.nextNumber);
	}

}

package io.kinesisspring.embedded.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

	private ShardMap(List<Shard> all, Stream<Shard> open, int nextNumber) {
		this.all = List.copyOf(all);
		this.byId = all.stream().collect(Collectors.toUnmodifiableMap(Shard::id, Function.identity()));
		this.nextNumber = nextNumber;
		this.open = open.sorted(Comparator.comparing((Shard shard) -> shard.range().start())).toList();
	}

	/**
	 * Create shards, new or as they were. A parent that was forgotten is only a name.
	 */
	static ShardMap of(List<ShardState> states, int nextNumber, StreamStorage storage) {
		Map<Integer, Shard> shards = new TreeMap<>();
		for (ShardState state : states) {
			List<Shard> parents = state.parents()
				.stream()
				.map((number) -> shards.getOrDefault(number,
						new Shard(ShardState.forgotten(number, state.range()), List.of(), storage)))
				.toList();
			shards.put(state.number(), new Shard(state, parents, storage));
		}
		return new ShardMap(List.copyOf(shards.values()), shards.values().stream().filter((shard) -> !shard.isClosed()),
				nextNumber);
	}

	/**
	 * Return what is kept of the shards.
	 * @param now when those close that are still open but not among the open ones
	 */
	List<ShardState> states(long now) {
		Set<Shard> unclosed = Set.copyOf(this.open);
		return this.all.stream().map((shard) -> shard.state(unclosed.contains(shard) ? null : now)).toList();
	}

	int nextNumber() {
		return this.nextNumber;
	}

	Set<String> ids() {
		return this.byId.keySet();
	}

	List<Shard> childrenOf(Shard parent) {
		return this.all.stream().filter((shard) -> shard.parents().contains(parent)).toList();
	}

	/**
	 * Return the greatest second that sequence numbers begin with.
	 */
	long newest() {
		return this.all.stream().mapToLong((shard) -> shard.startingSequenceNumber().shardCreated()).max().orElse(0);
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

	/**
	 * Replace open shards by others. The parents are to be closed before this map is
	 * used.
	 */
	ShardMap replace(List<Shard> parents, List<HashRange> ranges, long now, StreamStorage storage) {
		List<Shard> shards = new ArrayList<>(this.all);
		List<Shard> unclosed = new ArrayList<>(this.open);
		unclosed.removeAll(parents);
		int number = this.nextNumber;
		for (HashRange range : ranges) {
			Shard shard = new Shard(ShardState.open(number++, range, parents, now), parents, storage);
			shards.add(shard);
			unclosed.add(shard);
		}
		return new ShardMap(shards, unclosed.stream(), number);
	}

	ShardMap withoutClosedBefore(long horizon) {
		List<Shard> kept = this.all.stream()
			.filter((shard) -> !shard.isClosed() || shard.closedAt() >= horizon)
			.toList();
		return (kept.size() == this.all.size()) ? this : new ShardMap(kept, this.open.stream(), this.nextNumber);
	}

}

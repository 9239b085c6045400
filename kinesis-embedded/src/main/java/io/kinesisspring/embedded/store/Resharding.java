package io.kinesisspring.embedded.store;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.protocol.Errors;

/**
 * A change of a stream's shards, made under the stream's lock.
 *
 * @since 0.1.0
 */
public final class Resharding {

	private static final BigInteger MIN_SPLITTABLE = BigInteger.valueOf(3);

	private final List<Shard> closed = new ArrayList<>();

	private final String stream;

	private final Account account;

	private final StreamStorage storage;

	private final long now;

	private ShardMap shards;

	Resharding(String stream, Account account, StreamStorage storage, ShardMap shards) {
		this.stream = stream;
		this.account = account;
		this.storage = storage;
		this.shards = shards;
		this.now = account.now();
	}

	/**
	 * Split a shard in two.
	 * @param shardId the shard
	 * @param newStart where the second part starts
	 */
	public void split(String shardId, HashKey newStart) {
		Shard shard = open(shardId);
		HashRange range = shard.range();
		if (!range.contains(newStart) || newStart.compareTo(range.start()) == 0
				|| newStart.compareTo(range.end()) == 0) {
			throw Errors.invalidArgument("NewStartingHashKey " + newStart + " used in SplitShard() on shard " + shardId
					+ " in stream " + this.stream + " under account " + this.account.id()
					+ " is not both greater than one plus the shard's StartingHashKey " + range.start()
					+ " and less than the shard's EndingHashKey " + range.end().previous() + ".");
		}
		this.account.requireRoom(1);
		replace(List.of(shard), List.of(range.before(newStart), range.from(newStart)));
	}

	/**
	 * Merge two adjacent shards.
	 * @param shardId one
	 * @param adjacentId the other
	 */
	public void merge(String shardId, String adjacentId) {
		Shard shard = open(shardId);
		Shard adjacent = open(adjacentId);
		if (!shard.range().isAdjacentTo(adjacent.range())) {
			throw Errors.invalidArgument(
					"Shards " + shardId + " and " + adjacentId + " in stream " + this.stream + " under account "
							+ this.account.id() + " are not an adjacent pair of shards eligible for merging");
		}
		replace(List.of(shard, adjacent), List.of(shard.range().join(adjacent.range())));
	}

	/**
	 * Split and merge until there is a number of shards of equal range.
	 * @param count the number
	 */
	public void scaleTo(int count) {
		this.account.requireRoom(count - this.shards.open().size());
		for (HashRange target : HashRange.uniform(count)) {
			Shard shard = this.shards.route(target.start());
			if (!shard.range().start().equals(target.start())) {
				HashRange range = shard.range();
				replace(List.of(shard), List.of(range.before(target.start()), range.from(target.start())));
			}
		}
		for (HashRange target : HashRange.uniform(count)) {
			Shard shard = this.shards.route(target.start());
			while (!shard.range().end().equals(target.end())) {
				Shard adjacent = this.shards.route(shard.range().end().next());
				replace(List.of(shard, adjacent), List.of(shard.range().join(adjacent.range())));
				shard = this.shards.route(target.start());
			}
		}
	}

	/**
	 * Split the widest shards in the middle, as far as the account has room.
	 * @param count how many shards to split
	 */
	void splitWidest(int count) {
		List<Shard> widest = this.shards.open()
			.stream()
			.filter((shard) -> shard.range().size().compareTo(MIN_SPLITTABLE) >= 0)
			.sorted(Comparator.comparing((Shard shard) -> shard.range().size()).reversed())
			.limit(Math.max(0, Math.min(count, this.account.room())))
			.toList();
		for (Shard shard : widest) {
			HashKey middle = shard.range().middle();
			replace(List.of(shard), List.of(shard.range().before(middle), shard.range().from(middle)));
		}
	}

	/**
	 * Merge shards with their neighbours, from the first on.
	 * @param count how many pairs to merge
	 */
	void mergePairs(int count) {
		List<Shard> open = this.shards.open();
		for (int i = 0; i < Math.min(count, open.size() / 2); i++) {
			List<Shard> pair = open.subList(2 * i, 2 * i + 2);
			replace(pair, List.of(pair.get(0).range().join(pair.get(1).range())));
		}
	}

	private Shard open(String shardId) {
		Shard shard = find(shardId);
		if (shard == null) {
			throw Errors.notFound("Could not find shard " + shardId + " in stream " + this.stream + " under account "
					+ this.account.id() + ".");
		}
		if (!this.shards.open().contains(shard)) {
			throw Errors.invalidArgument("Shard " + shardId + " in stream " + this.stream + " under account "
					+ this.account.id() + " has already been merged or split, and thus is not eligible for merging or "
					+ "splitting.");
		}
		return shard;
	}

	private @Nullable Shard find(String shardId) {
		return this.shards.find(shardId);
	}

	private void replace(List<Shard> parents, List<HashRange> ranges) {
		this.shards = this.shards.replace(parents, ranges, this.now, this.storage);
		this.closed.addAll(parents);
	}

	ShardMap result() {
		return this.shards;
	}

	/**
	 * Close the shards that were replaced. Until then they accept records.
	 */
	void closeParents() {
		this.closed.forEach((shard) -> shard.close(this.now));
	}

	List<Shard> closed() {
		return this.closed;
	}

	long now() {
		return this.now;
	}

}

package io.kinesisspring.producer;

import java.math.BigInteger;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.SequenceNumber;

/**
 * The open shards of a stream, which divide all hash keys among them. Immutable.
 */
final class ShardTable {

	private static final BigInteger END = BigInteger.ONE.shiftLeft(2 * Long.SIZE);

	private final List<ShardRange> ranges;

	/** The lowest hash key of each range: its upper and its lower 64 bits. */
	private final long[] upper;

	private final long[] lower;

	private final Map<String, ShardRange> byShard = new HashMap<>();

	private ShardTable(List<ShardRange> ranges) {
		this.ranges = ranges;
		this.upper = new long[ranges.size()];
		this.lower = new long[ranges.size()];
		for (int i = 0; i < ranges.size(); i++) {
			ShardRange range = ranges.get(i);
			this.upper[i] = range.low().shiftRight(Long.SIZE).longValue();
			this.lower[i] = range.low().longValue();
			this.byShard.put(range.shard(), range);
		}
	}

	/**
	 * Create a table.
	 * @param ranges the ranges of the open shards, in any order
	 * @return the table
	 * @throws IllegalArgumentException if a hash key belongs to no shard or to several,
	 * as in a listing that shows a resharding in part
	 */
	static ShardTable of(Collection<ShardRange> ranges) {
		List<ShardRange> sorted = ranges.stream().sorted(Comparator.comparing(ShardRange::low)).toList();
		BigInteger next = BigInteger.ZERO;
		for (ShardRange range : sorted) {
			if (!range.low().equals(next) || range.high().compareTo(next) < 0) {
				throw new IllegalArgumentException("The open shards " + sorted + " do not divide the hash keys");
			}
			next = range.high().add(BigInteger.ONE);
		}
		if (!next.equals(END)) {
			throw new IllegalArgumentException("The open shards " + sorted + " do not cover all hash keys");
		}
		return new ShardTable(sorted);
	}

	List<ShardRange> ranges() {
		return this.ranges;
	}

	/**
	 * Return the range of a shard.
	 * @param shard the id of a shard
	 * @return its range, or {@code null} if the shard is not open
	 */
	@Nullable ShardRange rangeOf(String shard) {
		return this.byShard.get(shard);
	}

	/**
	 * Return the shard of a hash key.
	 * @param hashKey the hash key
	 * @return its range
	 */
	ShardRange rangeAt(BigInteger hashKey) {
		return this.ranges.get(indexOf(hashKey));
	}

	/**
	 * Find the shard of a hash key.
	 * @param hashKey the hash key
	 * @return the index of the shard's range
	 */
	int indexOf(BigInteger hashKey) {
		return indexOf(hashKey.shiftRight(Long.SIZE).longValue(), hashKey.longValue());
	}

	/**
	 * Find the shard of a hash key.
	 * @param keyUpper the upper 64 bits of the hash key
	 * @param keyLower the lower 64 bits
	 * @return the index of the shard's range
	 */
	int indexOf(long keyUpper, long keyLower) {
		int from = 0;
		int to = this.upper.length - 1;
		while (from < to) {
			int middle = (from + to + 1) >>> 1;
			if (isAtMost(middle, keyUpper, keyLower)) {
				from = middle;
			}
			else {
				to = middle - 1;
			}
		}
		return from;
	}

	private boolean isAtMost(int index, long keyUpper, long keyLower) {
		int compared = Long.compareUnsigned(this.upper[index], keyUpper);
		return compared < 0 || (compared == 0 && Long.compareUnsigned(this.lower[index], keyLower) <= 0);
	}

	/**
	 * The hash keys of a shard.
	 *
	 * @param shard the id of the shard
	 * @param low the lowest hash key
	 * @param high the highest hash key
	 * @param start a number below those of all records of the shard, if it is known
	 */
	record ShardRange(String shard, BigInteger low, BigInteger high, @Nullable SequenceNumber start) {

		boolean contains(BigInteger hashKey) {
			return this.low.compareTo(hashKey) <= 0 && hashKey.compareTo(this.high) <= 0;
		}

	}

}

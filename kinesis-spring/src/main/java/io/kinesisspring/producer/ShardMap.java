package io.kinesisspring.producer;

import java.math.BigInteger;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

import org.jspecify.annotations.Nullable;

/**
 * Maps hash keys to shards, as far as responses have shown: everything between two hash
 * keys of one shard belongs to that shard. The latest response is right, so after a split
 * or a merge the new shards replace the old ones step by step. Not thread-safe.
 */
final class ShardMap {

	/** Records that a judgment about the keys needs. */
	static final int JUDGED_RECORDS = 400;

	/**
	 * The share of contradicting records above which keys have no effect. It is a quarter
	 * or more if the service distributes the records, and hardly any while shards are
	 * split and merged.
	 */
	private static final double CONTRADICTING_SHARE = 0.12;

	private final String stream;

	private final TreeMap<BigInteger, Range> ranges = new TreeMap<>();

	private final Map<String, AdaptiveRateLimit> rateLimits = new HashMap<>();

	/** The range of each shard, from the lowest to the highest hash key seen. */
	private final Map<String, Range> seenRanges = new HashMap<>();

	/** When each shard was seen first, as a number that grows. */
	private final Map<String, Integer> firstSeen = new HashMap<>();

	private final ToIntFunction<OutgoingRecord> size;

	/** Records that were assigned, and those of them that contradict their keys. */
	private int assigned;

	private int contradictions;

	private @Nullable String shardOfFirst;

	private boolean severalShards;

	ShardMap(String stream, ToIntFunction<OutgoingRecord> size) {
		this.stream = stream;
		this.size = size;
	}

	/**
	 * Return the rate limit of the shard of a record.
	 * @param hashKey the record's hash key
	 * @return the rate limit, or {@code null} if the shard is unknown
	 */
	@Nullable AdaptiveRateLimit rateLimitAt(BigInteger hashKey) {
		Range range = rangeOf(hashKey);
		return (range != null) ? this.rateLimits.get(range.shard()) : null;
	}

	/**
	 * Assign a hash key to a shard.
	 * @param hashKey the hash key of a stored record
	 * @param shard the shard that stored it
	 * @return the shard's rate limit
	 */
	AdaptiveRateLimit assign(BigInteger hashKey, String shard) {
		Range known = rangeOf(hashKey);
		count(shard);
		if (known == null || !known.shard().equals(shard)) {
			int seen = Objects.requireNonNullElse(this.firstSeen.putIfAbsent(shard, this.firstSeen.size()),
					Integer.MAX_VALUE);
			if (known != null && seen < this.firstSeen.getOrDefault(known.shard(), 0)) {
				this.contradictions++;
			}
			AdaptiveRateLimit before = (known != null) ? this.rateLimits.get(known.shard()) : null;
			this.rateLimits.computeIfAbsent(shard,
					(id) -> (before != null) ? before.copyFor(id) : new AdaptiveRateLimit(this.stream, id, this.size));
			Range range = new Range(hashKey, hashKey, shard);
			replaceRange(this.seenRanges.merge(shard, range, Range::union));
		}
		return Objects.requireNonNull(this.rateLimits.get(shard));
	}

	/**
	 * Return whether the shards of the last records fit the hash keys. Shards that are
	 * split or merged give hash keys to newer shards. A shard that takes hash keys from a
	 * newer one, again and again, contradicts them: the service ignores the keys.
	 * @return the judgment, or {@code null} if there are not enough records of several
	 * shards since the last one
	 */
	@Nullable Boolean judge() {
		if (this.assigned < JUDGED_RECORDS || !this.severalShards) {
			return null;
		}
		boolean fits = this.contradictions < this.assigned * CONTRADICTING_SHARE;
		startJudgment();
		return fits;
	}

	/**
	 * Forget all shards. None of them may have delayed records.
	 */
	void clear() {
		this.ranges.clear();
		this.rateLimits.clear();
		this.seenRanges.clear();
		this.firstSeen.clear();
		startJudgment();
	}

	private void startJudgment() {
		this.assigned = 0;
		this.contradictions = 0;
		this.shardOfFirst = null;
		this.severalShards = false;
	}

	private void count(String shard) {
		this.assigned++;
		if (this.shardOfFirst == null) {
			this.shardOfFirst = shard;
		}
		else if (!this.severalShards) {
			this.severalShards = !this.shardOfFirst.equals(shard);
		}
	}

	Collection<AdaptiveRateLimit> rateLimits() {
		return this.rateLimits.values();
	}

	private @Nullable Range rangeOf(BigInteger hashKey) {
		Map.Entry<BigInteger, Range> entry = this.ranges.floorEntry(hashKey);
		return (entry != null && entry.getValue().high().compareTo(hashKey) >= 0) ? entry.getValue() : null;
	}

	/**
	 * Add a range, and cut it out of the ranges of other shards.
	 * @param range the range
	 */
	private void replaceRange(Range range) {
		for (Range other : overlapped(range)) {
			this.ranges.remove(other.low());
			if (!other.shard().equals(range.shard())) {
				putUnlessEmpty(new Range(other.low(), range.low().subtract(BigInteger.ONE), other.shard()));
				putUnlessEmpty(new Range(range.high().add(BigInteger.ONE), other.high(), other.shard()));
			}
		}
		putUnlessEmpty(range);
	}

	private List<Range> overlapped(Range range) {
		Map.Entry<BigInteger, Range> lower = this.ranges.lowerEntry(range.low());
		boolean overlapsLower = lower != null && lower.getValue().high().compareTo(range.low()) >= 0;
		BigInteger from = overlapsLower ? lower.getKey() : range.low();
		return List.copyOf(this.ranges.subMap(from, true, range.high(), true).values());
	}

	private void putUnlessEmpty(Range range) {
		if (range.low().compareTo(range.high()) <= 0) {
			this.ranges.put(range.low(), range);
		}
	}

	/**
	 * Hash keys that belong to one shard.
	 *
	 * @param low the lowest hash key
	 * @param high the highest hash key
	 * @param shard the shard
	 */
	private record Range(BigInteger low, BigInteger high, String shard) {

		Range union(Range other) {
			return new Range(this.low.min(other.low), this.high.max(other.high), this.shard);
		}

	}

}

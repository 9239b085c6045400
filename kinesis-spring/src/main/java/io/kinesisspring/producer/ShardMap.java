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
 * Which hash keys belong to which shard, as far as the service's answers have shown: what
 * lies between two hash keys of one shard is that shard's, too. The latest answer is
 * right, so that after a split or a merge the new shards take the place of the old ones
 * bit by bit. Not thread-safe.
 */
final class ShardMap {

	private final String stream;

	private final TreeMap<BigInteger, Range> ranges = new TreeMap<>();

	private final Map<String, AdaptiveRateLimit> paces = new HashMap<>();

	/** What each shard has been seen to hold, from the lowest to the highest. */
	private final Map<String, Range> seen = new HashMap<>();

	private final ToIntFunction<OutgoingRecord> size;

	ShardMap(String stream, ToIntFunction<OutgoingRecord> size) {
		this.stream = stream;
		this.size = size;
	}

	/**
	 * The pace of the shard that a record will go to.
	 * @param hashKey the record's hash key
	 * @return the pace, or {@code null} if the shard is not known
	 */
	@Nullable AdaptiveRateLimit find(BigInteger hashKey) {
		Range range = rangeOf(hashKey);
		return (range != null) ? this.paces.get(range.shard()) : null;
	}

	/**
	 * A shard has taken a record.
	 * @param hashKey the record's hash key
	 * @param shard the shard
	 * @return the shard's pace
	 */
	AdaptiveRateLimit learn(BigInteger hashKey, String shard) {
		Range known = rangeOf(hashKey);
		if (known == null || !known.shard().equals(shard)) {
			AdaptiveRateLimit before = (known != null) ? this.paces.get(known.shard()) : null;
			this.paces.computeIfAbsent(shard,
					(id) -> (before != null) ? before.of(id) : new AdaptiveRateLimit(this.stream, id, this.size));
			Range range = new Range(hashKey, hashKey, shard);
			put(this.seen.merge(shard, range, Range::with));
		}
		return Objects.requireNonNull(this.paces.get(shard));
	}

	Collection<AdaptiveRateLimit> paces() {
		return this.paces.values();
	}

	private @Nullable Range rangeOf(BigInteger hashKey) {
		Map.Entry<BigInteger, Range> entry = this.ranges.floorEntry(hashKey);
		return (entry != null && entry.getValue().high().compareTo(hashKey) >= 0) ? entry.getValue() : null;
	}

	/**
	 * Enter a range, and cut away what others had of it.
	 * @param range the range
	 */
	private void put(Range range) {
		for (Range other : overlapped(range)) {
			this.ranges.remove(other.low());
			if (!other.shard().equals(range.shard())) {
				keep(new Range(other.low(), range.low().subtract(BigInteger.ONE), other.shard()));
				keep(new Range(range.high().add(BigInteger.ONE), other.high(), other.shard()));
			}
		}
		keep(range);
	}

	private List<Range> overlapped(Range range) {
		Map.Entry<BigInteger, Range> before = this.ranges.lowerEntry(range.low());
		boolean reachesIn = before != null && before.getValue().high().compareTo(range.low()) >= 0;
		BigInteger from = reachesIn ? before.getKey() : range.low();
		return List.copyOf(this.ranges.subMap(from, true, range.high(), true).values());
	}

	private void keep(Range range) {
		if (range.low().compareTo(range.high()) <= 0) {
			this.ranges.put(range.low(), range);
		}
	}

	/**
	 * Hash keys that belong to one shard.
	 *
	 * @param low the lowest
	 * @param high the highest
	 * @param shard the shard
	 */
	private record Range(BigInteger low, BigInteger high, String shard) {

		Range with(Range other) {
			return new Range(this.low.min(other.low), this.high.max(other.high), this.shard);
		}

	}

}

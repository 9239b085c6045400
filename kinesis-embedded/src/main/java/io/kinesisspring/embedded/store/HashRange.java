package io.kinesisspring.embedded.store;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * The hash keys of a shard.
 *
 * @param start the first hash key
 * @param end the last hash key
 * @since 0.1.0
 */
public record HashRange(HashKey start, HashKey end) {

	private static final BigInteger SPACE = BigInteger.ONE.shiftLeft(128);

	/**
	 * Divide all hash keys into equal ranges.
	 * @param count how many
	 * @return the parts, in order
	 */
	static List<HashRange> uniform(int count) {
		List<HashRange> ranges = new ArrayList<>(count);
		BigInteger step = SPACE.divide(BigInteger.valueOf(count));
		HashKey start = HashKey.MIN;
		for (int i = 1; i < count; i++) {
			HashKey next = HashKey.of(step.multiply(BigInteger.valueOf(i)));
			ranges.add(new HashRange(start, next.previous()));
			start = next;
		}
		ranges.add(new HashRange(start, HashKey.MAX));
		return ranges;
	}

	BigInteger size() {
		return this.end.toBigInteger().subtract(this.start.toBigInteger()).add(BigInteger.ONE);
	}

	boolean contains(HashKey key) {
		return this.start.compareTo(key) <= 0 && key.compareTo(this.end) <= 0;
	}

	boolean isAdjacentTo(HashRange other) {
		return isFollowedBy(other) || other.isFollowedBy(this);
	}

	private boolean isFollowedBy(HashRange other) {
		return !this.end.equals(HashKey.MAX) && this.end.next().equals(other.start);
	}

	/**
	 * Return where the second half starts.
	 * @return the hash key in the middle
	 */
	public HashKey middle() {
		return HashKey.of(this.start.toBigInteger().add(this.end.toBigInteger()).shiftRight(1).add(BigInteger.ONE));
	}

	HashRange before(HashKey key) {
		return new HashRange(this.start, key.previous());
	}

	HashRange from(HashKey key) {
		return new HashRange(key, this.end);
	}

	HashRange join(HashRange other) {
		return (this.start.compareTo(other.start) < 0) ? new HashRange(this.start, other.end)
				: new HashRange(other.start, this.end);
	}

}

package io.kinesisspring.lease;

import java.math.BigInteger;

/**
 * The hash keys that belong to a shard. Immutable.
 *
 * @param first the lowest hash key
 * @param last the highest hash key
 * @since 0.1.0
 */
public record HashKeyRange(BigInteger first, BigInteger last) {

	/**
	 * Whether a hash key belongs to the shard.
	 * @param hashKey a number from 0 to 2^128-1
	 * @return {@code true} if it lies in the range
	 */
	public boolean contains(BigInteger hashKey) {
		return this.first.compareTo(hashKey) <= 0 && hashKey.compareTo(this.last) <= 0;
	}

}

package io.kinesisspring.embedded.store;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Pattern;

import io.kinesisspring.embedded.protocol.Errors;

/**
 * A position in the hash key space, 0 to 2^128 - 1.
 *
 * @param high the upper 64 bits, unsigned
 * @param low the lower 64 bits, unsigned
 * @since 0.1.0
 */
public record HashKey(long high, long low) implements Comparable<HashKey> {

	static final HashKey MIN = new HashKey(0, 0);

	static final HashKey MAX = new HashKey(-1, -1);

	/**
	 * What a client has to give, which may yet be too large.
	 */
	public static final Pattern PATTERN = Pattern.compile("0|([1-9]\\d{0,38})");

	/**
	 * Hash a partition key, as the service does.
	 * @param partitionKey the partition key
	 * @return its MD5 hash
	 */
	public static HashKey ofPartitionKey(String partitionKey) {
		try {
			byte[] hash = MessageDigest.getInstance("MD5").digest(partitionKey.getBytes(StandardCharsets.UTF_8));
			ByteBuffer buffer = ByteBuffer.wrap(hash);
			return new HashKey(buffer.getLong(), buffer.getLong());
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Parse a hash key of a client.
	 * @param member the member that holds it
	 * @param text the hash key in decimal, which matches the pattern
	 * @return the hash key
	 */
	public static HashKey parse(String member, String text) {
		BigInteger value = new BigInteger(text);
		if (value.bitLength() > 128) {
			throw Errors.invalidArgument("Invalid " + member + ". " + member
					+ " must be in the range: [0, 2^128-1]. Specified value was " + text);
		}
		return of(value);
	}

	static HashKey of(BigInteger value) {
		return new HashKey(value.shiftRight(64).longValue(), value.longValue());
	}

	BigInteger toBigInteger() {
		return new BigInteger(1, ByteBuffer.allocate(16).putLong(this.high).putLong(this.low).array());
	}

	HashKey previous() {
		return of(toBigInteger().subtract(BigInteger.ONE));
	}

	HashKey next() {
		return of(toBigInteger().add(BigInteger.ONE));
	}

	@Override
	public int compareTo(HashKey other) {
		int result = Long.compareUnsigned(this.high, other.high);
		return (result != 0) ? result : Long.compareUnsigned(this.low, other.low);
	}

	@Override
	public String toString() {
		return toBigInteger().toString();
	}

}

package io.kinesisspring.embedded.store;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.regex.Pattern;

import io.kinesisspring.embedded.protocol.Errors;

/**
 * A sequence number in the service's shape: 56 decimal digits that are, in hexadecimal,
 * the digit 2, when the shard was made (9 digits, seconds), 0, the place in the shard (16
 * digits), 00, the time of the record (9 digits, seconds), the shard's own number (8
 * digits) and the digit 2. So they grow within a shard, and from a shard to its children
 * where these are a second younger.
 *
 * @param shardCreated when the shard was made, in seconds since the epoch
 * @param index the place in the shard; 0 is before the first record
 * @param time the time of the record, in seconds since the epoch
 * @param shard the shard's number within its stream
 * @since 0.1.0
 */
public record SequenceNumber(long shardCreated, long index, long time,
		int shard) implements Comparable<SequenceNumber> {

	/**
	 * The place after every record, where a closed shard ends.
	 */
	static final long END = Long.MAX_VALUE;

	private static final Comparator<SequenceNumber> ORDER = Comparator.comparingLong(SequenceNumber::shardCreated)
		.thenComparingLong(SequenceNumber::index)
		.thenComparingLong(SequenceNumber::time)
		.thenComparingInt(SequenceNumber::shard);

	private static final Pattern PATTERN = Pattern.compile("0|([1-9]\\d{0,128})");

	private static final int DIGITS = 56;

	private static final int VERSION = 2;

	private static final long SECONDS_MASK = 0xF_FFFF_FFFFL;

	private static final long WORD_MASK = 0xFFFF_FFFFL;

	private static final int GROUP = 1_000_000_000;

	private static final int GROUP_DIGITS = 9;

	/**
	 * Parse a sequence number of a client.
	 * @param member the member that holds it
	 * @param text the sequence number in decimal
	 * @return the sequence number
	 */
	public static SequenceNumber parse(String member, String text) {
		if (!PATTERN.matcher(text).matches()) {
			throw Errors.validation("1 validation error detected: Value '" + text + "' at '" + member
					+ "' failed to satisfy constraint: Member must satisfy regular expression pattern: " + PATTERN);
		}
		BigInteger value = new BigInteger(text);
		if (value.shiftRight(184).intValue() != VERSION || value.intValue() % 16 != VERSION
				|| value.bitLength() > 188) {
			throw Errors.invalidArgument("Invalid " + member + ". It is no sequence number of this service: " + text);
		}
		return new SequenceNumber(value.shiftRight(148).longValue() & SECONDS_MASK, value.shiftRight(80).longValue(),
				value.shiftRight(36).longValue() & SECONDS_MASK, value.shiftRight(4).intValue());
	}

	@Override
	public int compareTo(SequenceNumber other) {
		return ORDER.compare(this, other);
	}

	@Override
	public String toString() {
		long high = ((long) VERSION << 56) | (this.shardCreated << 20) | (this.index >>> 48);
		long middle = (this.index << 16) | (this.time >>> 28);
		long low = (this.time << 36) | (((long) this.shard & WORD_MASK) << 4) | VERSION;
		byte[] digits = decimal(new long[] { high >>> 32, high & WORD_MASK, middle >>> 32, middle & WORD_MASK,
				low >>> 32, low & WORD_MASK });
		return new String(digits, StandardCharsets.ISO_8859_1);
	}

	/**
	 * Much faster than {@link BigInteger#toString()}, and called for each record that
	 * goes in or out.
	 */
	private static byte[] decimal(long[] words) {
		byte[] digits = new byte[DIGITS];
		for (int end = DIGITS; end > 0; end -= GROUP_DIGITS) {
			long remainder = 0;
			for (int i = 0; i < words.length; i++) {
				long dividend = (remainder << 32) | words[i];
				words[i] = dividend / GROUP;
				remainder = dividend % GROUP;
			}
			int group = (int) remainder;
			for (int i = end - 1; i >= Math.max(end - GROUP_DIGITS, 0); i--) {
				digits[i] = (byte) ('0' + group % 10);
				group /= 10;
			}
		}
		return digits;
	}

}

package io.kinesisspring;

import java.io.Serializable;

import org.springframework.util.Assert;

/**
 * The position of a record in its shard: a decimal number of 129 significant bits or
 * more, which compares as a number and not as text. Immutable.
 *
 * @since 0.1.0
 */
public final class SequenceNumber implements Comparable<SequenceNumber>, Serializable {

	private static final long serialVersionUID = 1L;

	private final String digits;

	private SequenceNumber(String digits) {
		this.digits = digits;
	}

	/**
	 * Read a sequence number.
	 * @param digits decimal digits, as the service gives them
	 * @return the sequence number
	 * @throws IllegalArgumentException if there is anything but decimal digits
	 */
	public static SequenceNumber of(String digits) {
		Assert.hasLength(digits, "'digits' must not be empty");
		int start = 0;
		int last = digits.length() - 1;
		for (int i = 0; i <= last; i++) {
			char c = digits.charAt(i);
			if (c < '0' || c > '9') {
				throw new IllegalArgumentException("'digits' must be a decimal number but was '" + digits + "'");
			}
		}
		while (start < last && digits.charAt(start) == '0') {
			start++;
		}
		return new SequenceNumber((start != 0) ? digits.substring(start) : digits);
	}

	@Override
	public int compareTo(SequenceNumber other) {
		int byLength = Integer.compare(this.digits.length(), other.digits.length());
		return (byLength != 0) ? byLength : this.digits.compareTo(other.digits);
	}

	@Override
	public boolean equals(Object obj) {
		return obj instanceof SequenceNumber other && this.digits.equals(other.digits);
	}

	@Override
	public int hashCode() {
		return this.digits.hashCode();
	}

	/**
	 * The decimal digits, without leading zeros.
	 * @return the digits
	 */
	@Override
	public String toString() {
		return this.digits;
	}

}

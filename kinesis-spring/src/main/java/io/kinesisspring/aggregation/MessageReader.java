package io.kinesisspring.aggregation;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads a Protocol Buffers message in an array, field by field. Each method that reads
 * throws {@link MalformedMessageException} if the message is malformed. Not thread-safe.
 */
final class MessageReader {

	static final int NUMBER = 0;

	static final int FIXED_64 = 1;

	static final int BYTES = 2;

	static final int GROUP = 3;

	static final int GROUP_END = 4;

	static final int FIXED_32 = 5;

	/** Bits of a tag that say how its field is written; the rest is its number. */
	static final int TYPE_BITS = 3;

	/** As deep as other implementations go. */
	private static final int MAX_DEPTH = 100;

	private static final int NUMBER_BITS = 64;

	private final byte[] data;

	private final int end;

	private int position;

	private int tag;

	/**
	 * Create a reader.
	 * @param data holds the message
	 * @param start where the message begins
	 * @param end where it ends
	 */
	MessageReader(byte[] data, int start, int end) {
		this.data = data;
		this.position = start;
		this.end = end;
	}

	/**
	 * Go to the next field, whose value must then be read or skipped.
	 * @return whether there is one
	 */
	boolean nextField() {
		if (this.position == this.end) {
			return false;
		}
		this.tag = (int) number();
		if (this.tag >>> TYPE_BITS == 0) {
			throw new MalformedMessageException();
		}
		return true;
	}

	/**
	 * Whether the field is a certain one and written as a number.
	 * @param field the number of the field
	 * @return whether {@link #number()} reads it
	 */
	boolean isNumber(int field) {
		return this.tag == (field << TYPE_BITS | NUMBER);
	}

	/**
	 * Whether the field is a certain one and written as bytes.
	 * @param field the number of the field
	 * @return whether {@link #bytes()} and its like read it
	 */
	boolean isBytes(int field) {
		return this.tag == (field << TYPE_BITS | BYTES);
	}

	/**
	 * Read a number: seven bits a byte, the lowest first.
	 * @return the number
	 */
	long number() {
		long number = 0;
		for (int shift = 0; shift < NUMBER_BITS; shift += 7) {
			byte next = this.data[advance(1)];
			number |= (long) (next & 0x7F) << shift;
			if (next >= 0) {
				return number;
			}
		}
		throw new MalformedMessageException();
	}

	byte[] bytes() {
		int length = length();
		int start = advance(length);
		return Arrays.copyOfRange(this.data, start, start + length);
	}

	String string() {
		int length = length();
		return new String(this.data, advance(length), length, StandardCharsets.UTF_8);
	}

	MessageReader message() {
		int length = length();
		int start = advance(length);
		return new MessageReader(this.data, start, start + length);
	}

	/**
	 * Pass over the value of the field.
	 */
	void skip() {
		skip(0);
	}

	private void skip(int depth) {
		switch (this.tag & (1 << TYPE_BITS) - 1) {
			case NUMBER -> number();
			case FIXED_64 -> advance(Long.BYTES);
			case BYTES -> advance(length());
			case GROUP -> skipGroup(depth + 1);
			case FIXED_32 -> advance(Integer.BYTES);
			default -> throw new MalformedMessageException();
		}
	}

	private void skipGroup(int depth) {
		int last = this.tag - GROUP + GROUP_END;
		while (depth <= MAX_DEPTH && nextField()) {
			if (this.tag == last) {
				return;
			}
			skip(depth);
		}
		throw new MalformedMessageException();
	}

	private int length() {
		long length = number();
		if (length < 0 || length > this.end - this.position) {
			throw new MalformedMessageException();
		}
		return (int) length;
	}

	/**
	 * Pass over bytes.
	 * @param count how many
	 * @return where they begin
	 */
	private int advance(int count) {
		int start = this.position;
		if (count > this.end - start) {
			throw new MalformedMessageException();
		}
		this.position = start + count;
		return start;
	}

}

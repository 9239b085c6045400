package io.kinesisspring.aggregation;

/**
 * Writes a Protocol Buffers message into an array that has exactly its size. Not
 * thread-safe.
 */
final class MessageWriter {

	private final byte[] data;

	private int position;

	/**
	 * Create a writer.
	 * @param data where to write
	 * @param start where to begin
	 */
	MessageWriter(byte[] data, int start) {
		this.data = data;
		this.position = start;
	}

	void number(int field, int value) {
		tag(field, MessageReader.NUMBER);
		number(value);
	}

	void bytes(int field, byte[] value) {
		length(field, value.length);
		System.arraycopy(value, 0, this.data, this.position, value.length);
		this.position += value.length;
	}

	/**
	 * Begin a field of bytes that are written next.
	 * @param field the number of the field
	 * @param length how many bytes
	 */
	void length(int field, int length) {
		tag(field, MessageReader.BYTES);
		number(length);
	}

	private void tag(int field, int type) {
		number(field << MessageReader.TYPE_BITS | type);
	}

	private void number(int value) {
		int rest = value;
		while (rest > 0x7F) {
			this.data[this.position++] = (byte) (rest | 0x80);
			rest >>>= 7;
		}
		this.data[this.position++] = (byte) rest;
	}

	/**
	 * How many bytes a number takes with the tag of its field, if that is below 16.
	 * @param value a number that is not negative
	 * @return the number of bytes
	 */
	static int sizeOfNumber(int value) {
		int size = 2;
		for (int rest = value >>> 7; rest != 0; rest >>>= 7) {
			size++;
		}
		return size;
	}

	/**
	 * How many bytes a field of bytes takes with its tag and its length.
	 * @param length how many bytes its value has
	 * @return the number of bytes
	 */
	static int sizeOfBytes(int length) {
		return sizeOfNumber(length) + length;
	}

}

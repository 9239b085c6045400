package io.kinesisspring.wire;

import java.nio.charset.StandardCharsets;

/**
 * Writes CBOR into one array, whose size the caller computes before. It may be used again
 * and again. Not thread-safe.
 */
final class CborOutput {

	private static final int INDEFINITE = 0x1F;

	private final byte[] bytes;

	private int position;

	/**
	 * Create an output.
	 * @param size the maximum number of bytes that will be written
	 */
	CborOutput(int size) {
		this.bytes = new byte[size];
	}

	/**
	 * The size of a byte string or a text, its head included.
	 * @param length the number of its bytes
	 */
	static long sizeOf(int length) {
		return (long) length + ((length < 24) ? 1 : (length < 1 << 8) ? 2 : (length < 1 << 16) ? 3 : 5);
	}

	/**
	 * The number of bytes of a text in UTF-8.
	 * @throws NotUnderstoodException if it is malformed: the SDK decides what becomes of
	 * it
	 */
	static int utf8Length(String text) {
		int length = text.length();
		int bytes = length;
		for (int i = 0; i < length; i++) {
			char one = text.charAt(i);
			if (one < 0x80) {
				continue;
			}
			if (!Character.isSurrogate(one)) {
				bytes += (one < 0x800) ? 1 : 2;
				continue;
			}
			i++;
			if (!Character.isHighSurrogate(one) || i == length || !Character.isLowSurrogate(text.charAt(i))) {
				throw new NotUnderstoodException("a malformed text");
			}
			bytes += 2;
		}
		return bytes;
	}

	/**
	 * Start an array or a map of indefinite size.
	 * @param type the type of the item
	 */
	void start(int type) {
		this.bytes[this.position++] = (byte) (type << 5 | INDEFINITE);
	}

	void end() {
		this.bytes[this.position++] = (byte) CborInput.BREAK;
	}

	/**
	 * Write an item that is encoded already.
	 */
	void encoded(byte[] item) {
		System.arraycopy(item, 0, this.bytes, this.position, item.length);
		this.position += item.length;
	}

	/**
	 * Write the head of a byte string, whose bytes the caller writes elsewhere.
	 */
	void headOfData(int length) {
		head(CborInput.BYTES, length);
	}

	void text(String text) {
		int length = utf8Length(text);
		head(CborInput.TEXT, length);
		if (length > text.length()) {
			encoded(text.getBytes(StandardCharsets.UTF_8));
			return;
		}
		for (int i = 0; i < length; i++) {
			this.bytes[this.position++] = (byte) text.charAt(i);
		}
	}

	private void head(int type, int length) {
		int width = (int) (sizeOf(length) - length) - 1;
		if (width == 0) {
			this.bytes[this.position++] = (byte) (type << 5 | length);
			return;
		}
		this.bytes[this.position++] = (byte) (type << 5 | (24 + width / 2));
		for (int i = width - 1; i >= 0; i--) {
			this.bytes[this.position++] = (byte) (length >>> (8 * i));
		}
	}

	/**
	 * The array, not copied. {@link #length()} of its bytes are written.
	 */
	byte[] bytes() {
		return this.bytes;
	}

	int length() {
		return this.position;
	}

	/**
	 * Begin again at the start of the array.
	 */
	void clear() {
		this.position = 0;
	}

}

package io.kinesisspring.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Reads CBOR from chunks without joining them. It knows the part of the format that
 * servers use for responses. Whatever else it meets, and the end of the chunks, ends in a
 * {@link NotUnderstoodException}. Not thread-safe.
 */
final class CborInput {

	static final int UNSIGNED = 0;

	static final int BYTES = 2;

	static final int TEXT = 3;

	static final int ARRAY = 4;

	static final int MAP = 5;

	/** The size of an array or a map that ends with {@link #BREAK}. */
	static final long INDEFINITE = -1;

	static final int BREAK = 0xFF;

	static final int NULL = 0xF6;

	/** A time in milliseconds, in the CBOR of AWS. */
	static final int TIMESTAMP_TAG = 0xC1;

	/** The span of a text or of data that is {@code null}. */
	static final long NO_SPAN = -1;

	/** No text of a response comes near it; the SDK's parser has a limit, too. */
	private static final int LONGEST_TEXT = 64 << 10;

	private static final int LONGEST_NAME = 32;

	/** Decoders put it in place of what is no character. */
	private static final char MALFORMED = '\uFFFD';

	private final List<ByteBuffer> chunks;

	private int nextChunk;

	/** The bytes of the chunks after the current one. */
	private long following;

	/** The bytes of the current chunk and those before it. */
	private long begun;

	private byte[] bytes = new byte[0];

	private int position;

	private int end;

	private final byte[] name = new byte[LONGEST_NAME];

	private byte[] scratch = this.name;

	/**
	 * Create an input.
	 * @param chunks the chunks, each with an accessible array
	 */
	CborInput(List<ByteBuffer> chunks) {
		this.chunks = chunks;
		for (ByteBuffer chunk : chunks) {
			this.following += chunk.remaining();
		}
	}

	long remaining() {
		return this.following + (this.end - this.position);
	}

	/**
	 * Where the first byte of a span is, counted from the start of the content.
	 */
	static int start(long span) {
		return (int) (span >>> 32);
	}

	/**
	 * The number of bytes of a span.
	 */
	static int length(long span) {
		return (int) span;
	}

	private long span(int count) {
		return (this.begun - (this.end - this.position)) << 32 | count;
	}

	/**
	 * Read a byte, such as the first one of an item.
	 */
	int next() {
		while (this.position == this.end) {
			advance();
		}
		return this.bytes[this.position++] & 0xFF;
	}

	private void advance() {
		if (this.nextChunk == this.chunks.size()) {
			throw new NotUnderstoodException("the end");
		}
		ByteBuffer chunk = this.chunks.get(this.nextChunk++);
		this.bytes = chunk.array();
		this.position = chunk.arrayOffset() + chunk.position();
		this.end = this.position + chunk.remaining();
		this.following -= chunk.remaining();
		this.begun += chunk.remaining();
	}

	/**
	 * The number in the head of an item: a value, a length or a size.
	 * @param head the first byte of the item
	 * @param type the expected type
	 */
	long number(int head, int type) {
		if (head >> 5 != type) {
			throw new NotUnderstoodException("an item of another type");
		}
		int info = head & 0x1F;
		return switch (info) {
			case 24 -> next();
			case 25 -> bigEndian(2);
			case 26 -> bigEndian(4);
			case 27 -> bigEndian(8);
			default -> {
				if (info > 23) {
					throw new NotUnderstoodException("an item of no definite length");
				}
				yield info;
			}
		};
	}

	private long bigEndian(int count) {
		long value = 0;
		if (count <= this.end - this.position) {
			for (int i = 0; i < count; i++) {
				value = (value << 8) | (this.bytes[this.position++] & 0xFF);
			}
		}
		else {
			for (int i = 0; i < count; i++) {
				value = (value << 8) | next();
			}
		}
		if (value < 0) {
			throw new NotUnderstoodException("a number of 64 bits");
		}
		return value;
	}

	/**
	 * The size of an array or a map.
	 * @return the number of elements or entries, or {@link #INDEFINITE}
	 */
	long size(int head, int type) {
		return (head == (type << 5 | 0x1F)) ? INDEFINITE : number(head, type);
	}

	/**
	 * Read the fields of a map.
	 * @param head the first byte of the map
	 * @param names the names of the known fields
	 * @param reader reads the value of each field
	 */
	void fields(int head, byte[][] names, FieldReader reader) {
		long size = size(head, MAP);
		for (long i = 0; i != size; i++) {
			int nameHead = next();
			if (size == INDEFINITE && nameHead == BREAK) {
				return;
			}
			reader.read(name(nameHead, names));
		}
	}

	static byte[][] names(String... names) {
		return Stream.of(names).map((name) -> name.getBytes(StandardCharsets.US_ASCII)).toArray(byte[][]::new);
	}

	/**
	 * Read the name of a field.
	 * @param head the first byte of the item
	 * @param known the known names
	 * @return the name's index
	 */
	private int name(int head, byte[][] known) {
		long length = number(head, TEXT);
		if (length <= LONGEST_NAME) {
			int count = (int) length;
			byte[] source = this.bytes;
			int start = this.position;
			if (count <= this.end - this.position) {
				this.position += count;
			}
			else {
				copy(this.name, count);
				source = this.name;
				start = 0;
			}
			for (int i = 0; i < known.length; i++) {
				if (Arrays.equals(source, start, start + count, known[i], 0, known[i].length)) {
					return i;
				}
			}
		}
		throw new NotUnderstoodException("an unknown field");
	}

	/**
	 * Check a text, and skip it.
	 * @return where it is in a content of less than 2 GB; {@link #NO_SPAN} if it is
	 * {@code null}
	 */
	long skipText() {
		int head = next();
		if (head == NULL) {
			return NO_SPAN;
		}
		int count = textLength(head);
		long span = span(count);
		byte[] source = contiguous(count);
		int start = (source == this.bytes) ? this.position - count : 0;
		if (!Ascii.isAscii(source, start, count)) {
			text(source, start, count, null);
		}
		return span;
	}

	/**
	 * Skip data.
	 * @return where it is in a content of less than 2 GB; {@link #NO_SPAN} if it is
	 * {@code null}
	 */
	long skipData() {
		int head = next();
		if (head == NULL) {
			return NO_SPAN;
		}
		int count = dataLength(head);
		long span = span(count);
		while (count > this.end - this.position) {
			count -= this.end - this.position;
			advance();
		}
		this.position += count;
		return span;
	}

	@Nullable String text() {
		return text((RecentTexts) null);
	}

	/**
	 * Read a text that may have come before.
	 * @param recent the recent texts; {@code null} if the text hardly comes again
	 */
	@Nullable String text(@Nullable RecentTexts recent) {
		int head = next();
		if (head == NULL) {
			return null;
		}
		int count = textLength(head);
		byte[] source = contiguous(count);
		return text(source, (source == this.bytes) ? this.position - count : 0, count, recent);
	}

	private int textLength(int head) {
		long length = number(head, TEXT);
		if (length > LONGEST_TEXT || length > remaining()) {
			throw new NotUnderstoodException("a long text");
		}
		return (int) length;
	}

	/**
	 * Read bytes.
	 * @return the array of the chunk, if that has all of them before its new position;
	 * otherwise another one, which begins with them
	 */
	private byte[] contiguous(int count) {
		if (count <= this.end - this.position) {
			this.position += count;
			return this.bytes;
		}
		if (count > this.scratch.length) {
			this.scratch = new byte[Math.max(count, 256)];
		}
		copy(this.scratch, count);
		return this.scratch;
	}

	/**
	 * Decode a text. The SDK decides what becomes of malformed text. Most texts are
	 * ASCII, which {@link String} checks faster than a loop.
	 */
	private static String text(byte[] source, int offset, int count, @Nullable RecentTexts recent) {
		if (recent != null && Ascii.isAscii(source, offset, count)) {
			return recent.of(source, offset, count);
		}
		String decoded = new String(source, offset, count, StandardCharsets.UTF_8);
		if (decoded.indexOf(MALFORMED) >= 0) {
			throw new NotUnderstoodException("a malformed text");
		}
		return decoded;
	}

	private int dataLength(int head) {
		long length = number(head, BYTES);
		if (length > remaining()) {
			throw new NotUnderstoodException("the end");
		}
		return (int) length;
	}

	private void copy(byte[] target, int count) {
		int copied = 0;
		while (copied < count) {
			if (this.position == this.end) {
				advance();
			}
			int part = Math.min(count - copied, this.end - this.position);
			System.arraycopy(this.bytes, this.position, target, copied, part);
			this.position += part;
			copied += part;
		}
	}

	/**
	 * Reads the value of a field.
	 */
	@FunctionalInterface
	interface FieldReader {

		/**
		 * Read the value.
		 * @param field the index of the field's name
		 */
		void read(int field);

	}

}

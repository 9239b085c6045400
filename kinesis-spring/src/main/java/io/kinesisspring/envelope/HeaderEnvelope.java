package io.kinesisspring.envelope;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;

/**
 * Puts headers in front of a payload and takes them off again. Names and values are text,
 * so that nothing on the wire chooses a type. Version 1 is, with numbers in big-endian
 * order:
 *
 * <pre>
 * 0    FE 4B 53 48 44 52 FF   what no text begins with, nor any other known format
 * 7    01                     version
 * 8    4 bytes                length of the headers, up to 65,536
 * 12   4 bytes                CRC-32C of the headers
 * 16   the headers            each: length of the name (2 bytes, 1 or more), the name in UTF-8,
 *                             length of the value (2 bytes), the value in UTF-8
 *      the payload            as it was, to the end
 * </pre>
 *
 * What is not exactly this is no envelope, and is left as it is. Thread-safe.
 *
 * @since 0.1.0
 */
public final class HeaderEnvelope {

	/** The maximum size of a record's headers in bytes, including their lengths. */
	public static final int MAX_BYTES = 64 << 10;

	private static final byte[] MARK = { (byte) 0xFE, 'K', 'S', 'H', 'D', 'R', (byte) 0xFF, 1 };

	private static final int PREFIX = MARK.length + 2 * Integer.BYTES;

	private HeaderEnvelope() {
	}

	/**
	 * Put headers in front of a payload. A payload without headers is not changed, unless
	 * it looks like an envelope itself.
	 * @param headers the headers
	 * @param payload the payload
	 * @return the data of a record, from which {@link #open} gets both back
	 * @throws IllegalArgumentException if the headers are too large, or one has an empty
	 * name
	 */
	public static byte[] seal(Map<String, String> headers, byte[] payload) {
		if (headers.isEmpty() && !isMarked(payload)) {
			return payload;
		}
		List<byte[]> texts = new ArrayList<>(2 * headers.size());
		int length = 0;
		for (Map.Entry<String, String> header : headers.entrySet()) {
			if (header.getKey().isEmpty()) {
				throw new IllegalArgumentException("a header has an empty name");
			}
			length = add(header.getKey(), texts, length);
			length = add(header.getValue(), texts, length);
		}
		ByteBuffer data = ByteBuffer.allocate(PREFIX + length + payload.length).position(PREFIX);
		texts.forEach((text) -> data.putShort((short) text.length).put(text));
		data.put(payload).put(0, MARK).putInt(MARK.length, length);
		data.putInt(MARK.length + Integer.BYTES, checksum(data.array(), length));
		return data.array();
	}

	private static int add(String text, List<byte[]> texts, int length) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		texts.add(bytes);
		long sum = (long) length + Short.BYTES + bytes.length;
		if (sum > MAX_BYTES) {
			throw new IllegalArgumentException("the headers take more than " + MAX_BYTES + " bytes");
		}
		return (int) sum;
	}

	/**
	 * Extract the headers from the payload of a record.
	 * @param record a record as it was read
	 * @return a record with its headers and the payload that was sent; the same record if
	 * it has no envelope or a malformed one
	 */
	public static KinesisRecord<byte[]> open(KinesisRecord<byte[]> record) {
		byte[] data = record.payload();
		if (!isMarked(data) || data.length < PREFIX) {
			return record;
		}
		ByteBuffer prefix = ByteBuffer.wrap(data, MARK.length, PREFIX - MARK.length);
		int length = prefix.getInt();
		if (length < 0 || length > Math.min(MAX_BYTES, data.length - PREFIX)
				|| checksum(data, length) != prefix.getInt()) {
			return record;
		}
		Map<String, String> headers = read(ByteBuffer.wrap(data, PREFIX, length));
		return (headers != null)
				? record.withHeaders(headers).withPayload(Arrays.copyOfRange(data, PREFIX + length, data.length))
				: record;
	}

	private static boolean isMarked(byte[] data) {
		return data.length >= MARK.length && data[0] == MARK[0]
				&& Arrays.equals(data, 0, MARK.length, MARK, 0, MARK.length);
	}

	private static int checksum(byte[] data, int length) {
		CRC32C checksum = new CRC32C();
		checksum.update(data, PREFIX, length);
		return (int) checksum.getValue();
	}

	private static @Nullable Map<String, String> read(ByteBuffer source) {
		Map<String, String> headers = new HashMap<>();
		CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
		while (source.hasRemaining()) {
			String name = text(source, decoder);
			String value = text(source, decoder);
			if (name == null || name.isEmpty() || value == null || headers.put(name, value) != null) {
				return null;
			}
		}
		return headers;
	}

	private static @Nullable String text(ByteBuffer source, CharsetDecoder decoder) {
		int length = (source.remaining() >= Short.BYTES) ? Short.toUnsignedInt(source.getShort()) : -1;
		if (length < 0 || length > source.remaining()) {
			return null;
		}
		ByteBuffer bytes = source.slice(source.position(), length);
		source.position(source.position() + length);
		try {
			return decoder.decode(bytes).toString();
		}
		catch (CharacterCodingException ex) {
			return null;
		}
	}

}

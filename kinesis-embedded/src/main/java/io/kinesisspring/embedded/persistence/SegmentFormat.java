package io.kinesisspring.embedded.persistence;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

import org.jspecify.annotations.Nullable;

/**
 * The bytes of a segment: a header, followed by entries. All numbers are big-endian.
 * <ul>
 * <li>Header: magic number and version (4 bytes each), index of the first record and
 * arrival of the record before it (8 bytes each), CRC-32C of all that (4 bytes).</li>
 * <li>Entry: length of the body, CRC-32C of the body, CRC-32C of both (4 bytes each),
 * body.</li>
 * <li>Body: index and arrival (8 bytes each), length of the partition key in UTF-8 or -1
 * for none (4 bytes), partition key, payload.</li>
 * </ul>
 * The checksum of the length tells an entry that was cut off from one that was changed.
 */
final class SegmentFormat {

	static final int HEADER = 4 + 4 + 8 + 8 + 4;

	static final int ENTRY_HEADER = 4 + 4 + 4;

	private static final int MAGIC = 0x4B494E53;

	private static final int VERSION = 1;

	private static final int BODY_FIXED = 8 + 8 + 4;

	private SegmentFormat() {
	}

	static ByteBuffer header(long firstIndex, long arrivedBefore) {
		ByteBuffer header = ByteBuffer.allocate(HEADER);
		header.putInt(MAGIC).putInt(VERSION).putLong(firstIndex).putLong(arrivedBefore);
		header.putInt(checksum(header.array(), 0, header.position()));
		return header.flip();
	}

	/**
	 * Return whether the buffer starts with a header, which remains to be read.
	 */
	static boolean hasHeader(ByteBuffer buffer) {
		return buffer.remaining() >= HEADER && buffer.getInt(0) == MAGIC
				&& buffer.getInt(HEADER - 4) == checksum(buffer.array(), 0, HEADER - 4);
	}

	static boolean hasVersion(ByteBuffer buffer) {
		return buffer.getInt(4) == VERSION;
	}

	static long firstIndex(ByteBuffer buffer) {
		return buffer.getLong(8);
	}

	static long arrivedBefore(ByteBuffer buffer) {
		return buffer.getLong(16);
	}

	static ByteBuffer entry(long index, long arrivedAt, @Nullable String partitionKey, byte[] data) {
		byte[] key = (partitionKey != null) ? partitionKey.getBytes(StandardCharsets.UTF_8) : new byte[0];
		int length = BODY_FIXED + key.length + data.length;
		ByteBuffer entry = ByteBuffer.allocate(ENTRY_HEADER + length);
		entry.position(ENTRY_HEADER);
		entry.putLong(index).putLong(arrivedAt).putInt((partitionKey != null) ? key.length : -1).put(key).put(data);
		entry.putInt(0, length);
		entry.putInt(4, checksum(entry.array(), ENTRY_HEADER, length));
		entry.putInt(8, checksum(entry.array(), 0, 8));
		return entry.flip();
	}

	/**
	 * Return the length of the next entry's body, or -1 if the length is damaged.
	 */
	static int bodyLength(ByteBuffer buffer) {
		int start = buffer.position();
		int length = buffer.getInt(start);
		boolean valid = buffer.getInt(start + 8) == checksum(buffer.array(), start, 8);
		return (valid && length >= BODY_FIXED) ? length : -1;
	}

	static boolean hasBody(ByteBuffer buffer, int length) {
		int start = buffer.position();
		return buffer.getInt(start + 4) == checksum(buffer.array(), start + ENTRY_HEADER, length);
	}

	static long index(ByteBuffer buffer) {
		return buffer.getLong(buffer.position() + ENTRY_HEADER);
	}

	/**
	 * Read the next entry, whose checksums are right.
	 */
	static long visit(ByteBuffer buffer, RecordVisitor visitor) {
		int end = buffer.position() + ENTRY_HEADER + buffer.getInt(buffer.position());
		buffer.position(buffer.position() + ENTRY_HEADER);
		long index = buffer.getLong();
		long arrivedAt = buffer.getLong();
		int keyLength = buffer.getInt();
		String key = null;
		if (keyLength >= 0) {
			key = new String(buffer.array(), buffer.position(), keyLength, StandardCharsets.UTF_8);
			buffer.position(buffer.position() + keyLength);
		}
		byte[] data = new byte[end - buffer.position()];
		buffer.get(data);
		visitor.visit(index, arrivedAt, key, data);
		return arrivedAt;
	}

	static boolean isZero(ByteBuffer buffer) {
		for (int i = buffer.position(); i < buffer.limit(); i++) {
			if (buffer.get(i) != 0) {
				return false;
			}
		}
		return true;
	}

	private static int checksum(byte[] bytes, int start, int length) {
		CRC32C checksum = new CRC32C();
		checksum.update(bytes, start, length);
		return (int) checksum.getValue();
	}

}

package io.kinesisspring.aggregation;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The frame of an aggregated record and the fields of its message, as in {@code
 * aggregation-format.md} of the Kinesis Producer Library: the magic number, a Protocol
 * Buffers message, and the MD5 of the message.
 */
final class AggregateFormat {

	static final int MAGIC_BYTES = 4;

	static final int DIGEST_BYTES = 16;

	static final int FRAME_BYTES = MAGIC_BYTES + DIGEST_BYTES;

	static final int PARTITION_KEY_TABLE = 1;

	static final int EXPLICIT_HASH_KEY_TABLE = 2;

	static final int RECORDS = 3;

	static final int RECORD_PARTITION_KEY_INDEX = 1;

	static final int RECORD_EXPLICIT_HASH_KEY_INDEX = 2;

	static final int RECORD_DATA = 3;

	static final byte[] MAGIC = { (byte) 0xF3, (byte) 0x89, (byte) 0x9A, (byte) 0xC2 };

	private AggregateFormat() {
	}

	/**
	 * Return whether data may be an aggregated record. This costs almost nothing for
	 * plain records.
	 * @param data the data of a record
	 * @return whether it starts with the magic number and has room for a frame
	 */
	static boolean hasMagic(byte[] data) {
		return data.length > FRAME_BYTES && data[0] == MAGIC[0]
				&& Arrays.equals(data, 0, MAGIC_BYTES, MAGIC, 0, MAGIC_BYTES);
	}

	static boolean hasDigest(byte[] data) {
		int end = data.length - DIGEST_BYTES;
		return Arrays.equals(data, end, data.length, digest(data, end), 0, DIGEST_BYTES);
	}

	/**
	 * Add the frame to a message.
	 * @param data the message, with room for the frame around it
	 */
	static void frame(byte[] data) {
		System.arraycopy(MAGIC, 0, data, 0, MAGIC_BYTES);
		int end = data.length - DIGEST_BYTES;
		System.arraycopy(digest(data, end), 0, data, end, DIGEST_BYTES);
	}

	private static byte[] digest(byte[] data, int end) {
		try {
			MessageDigest digest = MessageDigest.getInstance("MD5");
			digest.update(data, MAGIC_BYTES, end - MAGIC_BYTES);
			return digest.digest();
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform must have MD5", ex);
		}
	}

}

package io.kinesisspring.embedded.store;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * A record as a shard keeps it. Its data is not to be changed.
 *
 * @param index the place in the shard
 * @param arrivedAt when it arrived, in milliseconds since the epoch
 * @param partitionKey the partition key, or {@code null} if the record has none
 * @param data the payload
 * @since 0.1.0
 */
public record StoredRecord(long index, long arrivedAt, @Nullable String partitionKey, byte[] data) {

	private static final char LAST_ASCII = 0x7F;

	/**
	 * Return the record's size as the service counts it.
	 * @return the bytes of payload and partition key
	 */
	public int size() {
		return size(this.partitionKey, this.data);
	}

	/**
	 * Return a record's size as the service counts it.
	 * @param partitionKey the partition key, if any, which counts in UTF-8
	 * @param data the payload
	 * @return the bytes of both
	 */
	public static int size(@Nullable String partitionKey, byte[] data) {
		if (partitionKey == null) {
			return data.length;
		}
		int bytes = data.length + partitionKey.length();
		for (int i = 0; i < partitionKey.length(); i++) {
			if (partitionKey.charAt(i) > LAST_ASCII) {
				return data.length + partitionKey.getBytes(StandardCharsets.UTF_8).length;
			}
		}
		return bytes;
	}

}

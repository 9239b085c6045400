package io.kinesisspring.embedded.store;

/**
 * A record as a shard keeps it. Its data is not to be changed.
 *
 * @param index the place in the shard
 * @param arrivedAt when it arrived, in milliseconds since the epoch
 * @param partitionKey the partition key
 * @param data the payload
 * @since 0.1.0
 */
public record StoredRecord(long index, long arrivedAt, String partitionKey, byte[] data) {

	/**
	 * Return the record's size as the service counts it.
	 * @return the bytes of payload and partition key
	 */
	public int size() {
		return this.data.length + this.partitionKey.length();
	}

}

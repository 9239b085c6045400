package io.kinesisspring.embedded.persistence;

import org.jspecify.annotations.Nullable;

/**
 * Receives the records of a shard, in order.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface RecordVisitor {

	/**
	 * Receive a record.
	 * @param index the place in the shard
	 * @param arrivedAt when it arrived, in milliseconds since the epoch
	 * @param partitionKey the partition key, if it has one
	 * @param data the payload
	 */
	void visit(long index, long arrivedAt, @Nullable String partitionKey, byte[] data);

}

package io.kinesisspring.shard;

/**
 * What to do with a record of an aggregate whose hash key does not belong to the shard
 * that it was read from. A producer puts such records there if it does not know yet that
 * a shard was split or merged.
 *
 * @since 0.1.0
 */
public enum OutOfRange {

	/** Deliver the record like any other. This is the default. */
	DELIVER,

	/**
	 * Drop the record and count it as processed. The Kinesis Client Library drops all
	 * records of the aggregate.
	 */
	DROP

}

package io.kinesisspring.shard;

/**
 * How records are read from the service.
 *
 * @since 0.1.0
 */
public enum ReadMode {

	/**
	 * By calls of {@code GetRecords}. All consumers of a stream share five reads and 2 MB
	 * a second of each shard. This is the default.
	 */
	POLLING,

	/**
	 * By {@code SubscribeToShard}, with which the service pushes records: enhanced
	 * fan-out. Each registered consumer has 2 MB a second of each shard for itself, at an
	 * additional price.
	 */
	FAN_OUT

}

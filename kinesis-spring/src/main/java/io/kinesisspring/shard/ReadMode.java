package io.kinesisspring.shard;

/**
 * How records come from the service.
 *
 * @since 0.1.0
 */
public enum ReadMode {

	/**
	 * They are asked for, by {@code GetRecords}. All that read a stream share five reads
	 * and 2 MB a second of each shard. The default.
	 */
	POLLING,

	/**
	 * They are pushed, by {@code SubscribeToShard}: enhanced fan-out. Each registered
	 * consumer has 2 MB a second of each shard for itself, and pays for it.
	 */
	FAN_OUT

}

package io.kinesisspring.embedded.store;

/**
 * Who decides which shard takes a record. The names are the service's.
 *
 * @since 0.1.0
 */
public enum RecordDistributionStrategy {

	/**
	 * The hash key of a record decides. Each record needs a partition key. This is the
	 * default.
	 */
	USER_PARTITION_KEY,

	/**
	 * The service spreads the records over the open shards. Records need no partition
	 * key, and keys do not affect which shard takes a record. Only streams in on-demand
	 * mode can have this strategy.
	 */
	AUTO

}

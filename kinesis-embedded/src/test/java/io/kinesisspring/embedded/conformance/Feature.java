package io.kinesisspring.embedded.conformance;

/**
 * What not every server has, or not as the service documents it.
 */
enum Feature {

	/** Streams can be named by ARN. */
	STREAM_ARN,

	/** {@code ListShards} pages and filters. */
	SHARD_LISTS,

	/** The shard filter {@code AT_TRIM_HORIZON} leaves out shards made since. */
	AT_TRIM_HORIZON,

	/** {@code GetRecords} names the children at the end of a shard. */
	CHILD_SHARDS,

	/** {@code GetRecords} tells how far behind a partial page is. */
	MILLIS_BEHIND,

	/** {@code UpdateShardCount} is there. */
	UPDATE_SHARD_COUNT,

	/** What {@code PutRecords} refuses: no record, more than 500. */
	PUT_LIMITS,

	/** Malformed iterators and hash keys are the client's errors. */
	CLIENT_ERRORS,

	/** {@code DryRun}, which is of September 2026. */
	DRY_RUN,

	/** A closed shard that was read to its end has no next iterator. */
	END_OF_SHARD,

	/** Modes, settings and account limits. */
	SETTINGS,

	/** Shard-level metrics can be enabled. */
	ENHANCED_MONITORING,

	/** Resource policies of streams and consumers. */
	RESOURCE_POLICIES,

	/** Streams that distribute their records by themselves, which are of 2026. */
	RECORD_DISTRIBUTION,

	/** Fan-out consumers and their subscriptions. */
	FAN_OUT,

	/** A consumer that was deregistered is listed no more. */
	DEREGISTRATION,

	/** A subscription starts at once and ends with the shard. */
	FAN_OUT_END

}

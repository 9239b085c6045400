package io.kinesisspring.shard;

/**
 * Why a subscription to a shard has ended.
 *
 * @since 0.1.0
 */
public enum SubscriptionEnd {

	/** The service ended it, as it does after five minutes. */
	EXPIRED,

	/** It failed, in the network or in the service. */
	FAILED,

	/** It was open and delivered nothing, not even an empty event. */
	SILENT,

	/** Another subscription of the same consumer took its place. */
	DISPLACED,

	/** This worker ended it: the shard is paused, released or lost. */
	CANCELLED,

	/** The shard has ended. */
	SHARD_END

}

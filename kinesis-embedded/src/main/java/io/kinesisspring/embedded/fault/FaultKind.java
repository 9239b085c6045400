package io.kinesisspring.embedded.fault;

/**
 * What goes wrong.
 *
 * @since 0.1.0
 */
public enum FaultKind {

	/**
	 * The call is refused because of too many calls or too much data.
	 */
	THROTTLE,

	/**
	 * The call fails with HTTP status 500.
	 */
	INTERNAL_FAILURE,

	/**
	 * The caller is said not to be allowed to make this call.
	 */
	ACCESS_DENIED,

	/**
	 * The iterator is said to have expired.
	 */
	EXPIRED_ITERATOR,

	/**
	 * The call fails with an error that the rule names.
	 */
	ERROR,

	/**
	 * The call is answered late.
	 */
	LATENCY,

	/**
	 * The connection is closed; the call had no effect.
	 */
	DROP_BEFORE,

	/**
	 * The connection is closed; the call had its effect.
	 */
	DROP_AFTER,

	/**
	 * The call has its effect and is answered with status 200 and no body.
	 */
	EMPTY_ANSWER,

	/**
	 * The call has its effect and is answered with status 200 and a structure without
	 * members.
	 */
	EMPTY_STRUCTURE,

	/**
	 * {@code ListShards} shows the shards as they were some time ago.
	 */
	STALE_LISTING,

	/**
	 * {@code ListShards} does not show some shards, or any.
	 */
	SHORT_LISTING,

	/**
	 * Some entries of a {@code PutRecords} call are refused.
	 */
	PARTIAL_FAILURE,

	/**
	 * A running subscription ends before its time.
	 */
	END_SUBSCRIPTION,

	/**
	 * A running subscription stays open, but sends nothing any more.
	 */
	SILENCE_SUBSCRIPTION;

	boolean concernsSubscriptions() {
		return this == END_SUBSCRIPTION || this == SILENCE_SUBSCRIPTION;
	}

	/**
	 * Whether the shard that a rule names is not the one that the call is for.
	 */
	boolean concernsShardsWithin() {
		return this == PARTIAL_FAILURE || this == SHORT_LISTING;
	}

}

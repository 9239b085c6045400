package io.kinesisspring.embedded.fault;

/**
 * What goes wrong.
 *
 * @since 0.1.0
 */
public enum FaultKind {

	/**
	 * The call is throttled.
	 */
	THROTTLE,

	/**
	 * The call fails with HTTP status 500.
	 */
	INTERNAL_FAILURE,

	/**
	 * The call fails because access is denied.
	 */
	ACCESS_DENIED,

	/**
	 * The call fails because the iterator has expired.
	 */
	EXPIRED_ITERATOR,

	/**
	 * The call fails with an error that the rule names.
	 */
	ERROR,

	/**
	 * The response is delayed.
	 */
	LATENCY,

	/**
	 * The connection is closed before the call takes effect.
	 */
	DROP_BEFORE,

	/**
	 * The connection is closed after the call took effect.
	 */
	DROP_AFTER,

	/**
	 * The call takes effect. The response has status 200 and no body.
	 */
	EMPTY_ANSWER,

	/**
	 * The call takes effect. The response has status 200 and a structure without members.
	 */
	EMPTY_STRUCTURE,

	/**
	 * {@code ListShards} shows the shards of some time ago.
	 */
	STALE_LISTING,

	/**
	 * {@code ListShards} omits some or all shards.
	 */
	SHORT_LISTING,

	/**
	 * Some entries of a {@code PutRecords} call fail.
	 */
	PARTIAL_FAILURE,

	/**
	 * An open subscription ends early.
	 */
	END_SUBSCRIPTION,

	/**
	 * A subscription stays open, but sends no more events.
	 */
	SILENCE_SUBSCRIPTION;

	boolean concernsSubscriptions() {
		return this == END_SUBSCRIPTION || this == SILENCE_SUBSCRIPTION;
	}

	/**
	 * Return whether the shard of a rule is not the shard of the call.
	 */
	boolean concernsShardsWithin() {
		return this == PARTIAL_FAILURE || this == SHORT_LISTING;
	}

}

package io.kinesisspring.shard;

/**
 * What a running listener does when a call to Kinesis or DynamoDB is denied. If a call of
 * the start is denied, the start fails in any case.
 *
 * @since 0.1.0
 */
public enum OnAccessDenied {

	/**
	 * Log it once, show it in health, and retry with a back-off of up to two minutes.
	 * This is the default, so that a policy that is wrong for a minute stops no listener.
	 */
	RETRY,

	/**
	 * Stop the listener and release its leases. It stays stopped until you start it.
	 */
	STOP

}

package io.kinesisspring.shard;

/**
 * What a listener that runs does when a call to Kinesis or DynamoDB is denied. A start
 * that is denied fails in any case.
 *
 * @since 0.1.0
 */
public enum OnAccessDenied {

	/**
	 * Say so once, show it as long as it lasts, and try again with pauses that grow to
	 * two minutes. The default: a policy that is changed for a minute ends no listener.
	 */
	RETRY,

	/**
	 * Stop the listener and give its leases back. It stays stopped until it is started.
	 */
	STOP

}

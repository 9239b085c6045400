package io.kinesisspring.shard;

/**
 * What to do when a stream cannot be read by enhanced fan-out: the stream has the maximum
 * number of consumers, a call is denied, or the consumer does not become active.
 *
 * @since 0.1.0
 */
public enum FanOutFallback {

	/**
	 * Log a warning, and poll that stream until the next start. This is the default:
	 * records arrive later, but they arrive. A stopped listener loses records when they
	 * expire.
	 */
	POLLING,

	/** Fail the start, or stop the listener if it runs. */
	FAIL

}

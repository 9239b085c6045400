package io.kinesisspring.shard;

/**
 * What to do when a stream cannot be read by enhanced fan-out: the stream has as many
 * consumers as it may have, a call is denied, or the consumer does not become active.
 *
 * @since 0.1.0
 */
public enum FanOutFallback {

	/**
	 * Say so once, and poll that stream until the next start. The default: records keep
	 * coming, only later, while those of a listener that does not run grow old and are
	 * lost in the end.
	 */
	POLLING,

	/** Fail the start, or stop the listener if it runs. */
	FAIL

}

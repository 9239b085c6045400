package io.kinesisspring.shard;

/**
 * What to do at the start if a stream does not exist.
 *
 * @since 0.1.0
 */
public enum OnMissingStream {

	/** Fail the start. The default. */
	FAIL,

	/** Start, and read once somebody has created the stream. */
	WAIT,

	/** Create the stream and wait until it is active. */
	CREATE

}

package io.kinesisspring.shard;

import java.time.Duration;

import io.kinesisspring.KinesisRecord;

/**
 * A shard while it is this worker's. Thread-safe.
 *
 * @since 0.1.0
 */
public interface ShardSession {

	/**
	 * Whether the next record may be delivered: the lease is held and nobody has asked to
	 * stop.
	 * @return {@code true} to go on
	 */
	boolean isActive();

	/**
	 * All records up to and including this one have been processed; the checkpoint may
	 * follow. Going backwards has no effect.
	 * @param record the record
	 */
	void processed(KinesisRecord<?> record);

	/**
	 * Do something after a pause, or at once when the session ends before that.
	 * @param delay how long to pause
	 * @param task what to do; short, and not blocking
	 */
	void afterPause(Duration delay, Runnable task);

}

package io.kinesisspring.shard;

import java.time.Duration;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.lease.Checkpoint;

/**
 * A shard while this worker reads it. Thread-safe.
 *
 * @since 0.1.0
 */
public interface ShardSession {

	/**
	 * What a record counts against the container's memory: its data and 200 bytes for the
	 * objects that hold it.
	 * @param data the data of the record
	 * @return a number of bytes
	 */
	static long sizeOf(byte[] data) {
		return data.length + 200L;
	}

	/**
	 * The stream.
	 * @return its name
	 */
	String stream();

	/**
	 * The shard.
	 * @return its id
	 */
	String shardId();

	/**
	 * Whether the next record may be delivered: the lease is held and nobody has asked to
	 * stop.
	 * @return {@code true} to go on
	 */
	boolean isActive();

	/**
	 * Whether the lease is held, though the session may be about to end: what has been
	 * begun may still be finished.
	 * @return {@code false} if nothing may be delivered any more
	 */
	boolean isHeld();

	/**
	 * All records up to and including this one have been processed; the checkpoint may
	 * follow. Going backwards has no effect.
	 * @param record the record
	 */
	default void processed(KinesisRecord<?> record) {
		processed(new Checkpoint.After(record.sequenceNumber(), record.subSequenceNumber()));
	}

	/**
	 * All records up to and including one have been processed; the checkpoint may follow.
	 * Going backwards has no effect.
	 * @param position where that record stands
	 */
	void processed(Checkpoint.After position);

	/**
	 * Do something after a pause, or at once when the session ends before that.
	 * @param delay how long to pause
	 * @param task what to do; short, and not blocking
	 */
	void afterPause(Duration delay, Runnable task);

	/**
	 * Count memory against the container's budget that is kept beyond the end of a batch.
	 * @param bytes how much more than before, or how much less if negative
	 */
	void retain(long bytes);

	/**
	 * Do not read the shard any further. Its lease is kept.
	 * @param reason why
	 */
	void stop(Throwable reason);

}

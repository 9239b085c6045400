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
	 * The bytes that a record uses of the container's memory: its data, and 200 bytes for
	 * its objects.
	 * @param data the data of the record
	 * @return a number of bytes
	 */
	static long sizeOf(byte[] data) {
		return sizeOf(data.length);
	}

	/**
	 * The bytes that a record uses of the container's memory.
	 * @param length the length of its data
	 * @return a number of bytes
	 */
	static long sizeOf(int length) {
		return length + 200L;
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
	 * Whether the next record may be delivered: the lease is held and the session is not
	 * ending.
	 * @return {@code true} to continue
	 */
	boolean isActive();

	/**
	 * Whether the lease is held, even if the session is ending. Records in progress may
	 * then be finished.
	 * @return {@code false} if no more records may be delivered
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
	 * @param position the position of that record
	 */
	void processed(Checkpoint.After position);

	/**
	 * Run a task after a delay, or at once when the session ends earlier.
	 * @param delay the delay
	 * @param task the task; short, and not blocking
	 */
	void afterPause(Duration delay, Runnable task);

	/**
	 * Count memory that is kept beyond the end of a batch against the container's budget.
	 * @param bytes the change in bytes, negative to release
	 */
	void retain(long bytes);

	/**
	 * Stop reading the shard. Its lease is kept.
	 * @param reason the reason
	 */
	void stop(Throwable reason);

}

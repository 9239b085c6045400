package io.kinesisspring.listener;

import io.kinesisspring.KinesisRecord;

/**
 * Handed to a listener that wants to say by itself when records are processed, under
 * {@link AckMode#MANUAL}. The checkpoint follows as far as there is no gap: it never
 * passes a record that is neither acknowledged nor skipped, dead-lettered or filtered
 * out. Thread-safe; may be kept and used after the listener has returned. After the shard
 * has gone to another instance, or has been paused or moved, it has no effect.
 * <p>
 * It covers what the listener was called with, never more: records that could not be
 * converted, were not valid or were filtered out, and what stands behind them, are not
 * among those. What has been acknowledged is not delivered again, even if the listener
 * then throws.
 *
 * @since 0.1.0
 */
public interface Acknowledgment {

	/**
	 * All that was delivered with this acknowledgment is processed, and all before it in
	 * the same shard. With keys in parallel, where nothing is known of what stands
	 * before, only what was delivered with it.
	 */
	void acknowledge();

	/**
	 * A record that was delivered with this acknowledgment is processed, and all before
	 * it, as far as {@link #acknowledge()} goes back. A later record counts as the last
	 * one that was delivered with this acknowledgment.
	 * @param record the record
	 */
	void acknowledgeUpTo(KinesisRecord<?> record);

	/**
	 * A record is processed, whatever may be of those before it. No effect on a record
	 * that was delivered neither with this acknowledgment nor, as far as
	 * {@link #acknowledge()} goes back, before it.
	 * @param record the record
	 */
	void acknowledgeOnly(KinesisRecord<?> record);

}

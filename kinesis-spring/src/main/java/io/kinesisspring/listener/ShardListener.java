package io.kinesisspring.listener;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.lease.Checkpoint;

/**
 * Is notified which shards this instance reads, for example to restore, store and discard
 * what a listener keeps for each shard. It is called on the listeners' executor, in order
 * for each shard and for several shards at once:
 * <ol>
 * <li>{@link #onAssigned}, before the first record of the shard is delivered,</li>
 * <li>the records of the shard,</li>
 * <li>one of {@link #onRevoked}, {@link #onEnded} and {@link #onLost}. No record of the
 * shard is delivered during this call or after it, until the shard is assigned
 * again.</li>
 * </ol>
 * {@link #onRevoked} and {@link #onEnded} are called while this instance still holds the
 * shard. If it loses the shard before they return, or before the result is stored, one
 * more call follows: {@link #onLost}, or {@link #onRevoked} after {@link #onEnded}.
 * Pausing and resuming a shard calls no method, because this instance keeps it.
 * <p>
 * An exception or an {@link Error} is logged, and published as
 * {@link io.kinesisspring.event.KinesisListenerEvent.ListenerFailed ListenerFailed}. The
 * methods say what else happens. Other shard listeners are called nevertheless. A method
 * may call {@code stop()} of its container, which returns at once then; it must not wait
 * for a seek, release or reset of its shard.
 *
 * @since 0.1.0
 */
public interface ShardListener {

	/**
	 * This instance has acquired a shard. Its first record is delivered after this method
	 * has returned. If it throws, it is called again after a back-off of up to 30
	 * seconds, and no record is delivered before.
	 * @param shard the shard
	 * @return the position at which to start, which becomes the checkpoint of the shard;
	 * {@code null} to start at the checkpoint. The end of the shard, or a position that
	 * differs from that of another shard listener, counts as a failure
	 */
	default @Nullable Checkpoint onAssigned(ListenerShard shard) {
		return null;
	}

	/**
	 * This instance is about to give a shard back, because it stops or because another
	 * instance has requested the shard. No record is being processed. The last checkpoint
	 * is written after this method has returned, including what is acknowledged in it,
	 * and then the lease is released. So what the listener keeps for the shard can be
	 * stored. If this takes longer than the container's shutdown timeout, or throws, the
	 * checkpoint is written and the lease released without it.
	 * @param shard the shard
	 */
	default void onRevoked(ListenerShard shard) {
	}

	/**
	 * A shard has been taken from this instance: its lease has expired, or the lease
	 * store cannot be reached. It is too late to store anything, because another instance
	 * may already read the shard. It starts at the last checkpoint. This method is called
	 * after the current delivery, but no later than after the time after which a shard
	 * counts as stalled.
	 * @param shard the shard
	 */
	default void onLost(ListenerShard shard) {
	}

	/**
	 * The last record of a shard has been delivered, and none is being processed. The end
	 * is stored after this method has returned and all records are acknowledged, and only
	 * then the child shards start. So what the listener keeps for the shard can be stored
	 * and acknowledged. If it throws, it is called again after a back-off of up to 15
	 * seconds. It is called again, too, if the shard is paused and resumed, or moved by a
	 * seek, before its end is stored.
	 * @param shard the shard
	 */
	default void onEnded(ListenerShard shard) {
	}

}

package io.kinesisspring.listener;

/**
 * Is notified which shards this instance reads, for example to prepare and clean up state
 * for each shard. It is called on the listeners' executor, in order for each shard and
 * for several shards at once. Exceptions are logged and change nothing.
 *
 * @since 0.1.0
 */
public interface ShardListener {

	/**
	 * This instance has started to read a shard. Its first record is delivered after this
	 * method has returned.
	 * @param shard the shard
	 */
	default void onAssigned(ListenerShard shard) {
	}

	/**
	 * This instance no longer reads a shard. It has released the shard after the current
	 * record, or has lost it. After a loss, a delivery may still be in progress.
	 * @param shard the shard
	 */
	default void onLost(ListenerShard shard) {
	}

	/**
	 * A shard has been processed to its end. Its children follow.
	 * @param shard the shard
	 */
	default void onEnded(ListenerShard shard) {
	}

}

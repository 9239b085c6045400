package io.kinesisspring.listener;

/**
 * Learns which shards this instance reads, to prepare and to clean up what a listener
 * keeps for a shard. Called on the listeners' executor, for one shard in order and for
 * several at once. What it throws is logged, and changes nothing.
 *
 * @since 0.1.0
 */
public interface ShardListener {

	/**
	 * This instance reads a shard from now on. Its first record is delivered when this
	 * has returned.
	 * @param shard the shard
	 */
	default void onAssigned(ListenerShard shard) {
	}

	/**
	 * This instance reads a shard no longer: it has been given back, behind its last
	 * record, or it has been lost, and then a delivery may still be under way.
	 * @param shard the shard
	 */
	default void onLost(ListenerShard shard) {
	}

	/**
	 * A shard has been processed to its end; its children follow.
	 * @param shard the shard
	 */
	default void onEnded(ListenerShard shard) {
	}

}

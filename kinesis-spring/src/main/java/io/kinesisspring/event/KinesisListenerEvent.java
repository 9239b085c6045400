package io.kinesisspring.event;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * An event of a listener or of one of its shards. It is published to the application
 * context on the listeners' executor. Receive events by an
 * {@link org.springframework.context.event.EventListener @EventListener} method with a
 * parameter of one of these types, or of this one for all. The events of one shard are in
 * order. Immutable.
 *
 * @since 0.1.0
 */
public sealed interface KinesisListenerEvent {

	/**
	 * The id of the listener's container.
	 * @return the id
	 */
	String listenerId();

	/**
	 * A listener has started.
	 *
	 * @param listenerId the id of its container
	 */
	record ListenerStarted(String listenerId) implements KinesisListenerEvent {

	}

	/**
	 * A listener has stopped.
	 *
	 * @param listenerId the id of its container
	 */
	record ListenerStopped(String listenerId) implements KinesisListenerEvent {

	}

	/**
	 * A listener could not be started, its error handler decided to stop a shard, or a
	 * {@code ShardListener} failed for a shard.
	 *
	 * @param listenerId the id of its container
	 * @param stream the name of the stream; {@code null} if all of the listener failed
	 * @param shardId the shard; {@code null} if all of the listener failed
	 * @param cause the reason
	 */
	record ListenerFailed(String listenerId, @Nullable String stream, @Nullable String shardId,
			Throwable cause) implements KinesisListenerEvent {

	}

	/**
	 * This instance has started to read a shard.
	 *
	 * @param listenerId the id of the listener's container
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	record ShardAssigned(String listenerId, String stream, String shardId) implements KinesisListenerEvent {

	}

	/**
	 * This instance has given a shard back: it has stopped, or another instance has
	 * requested the shard. Its last checkpoint is stored.
	 *
	 * @param listenerId the id of the listener's container
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	record ShardRevoked(String listenerId, String stream, String shardId) implements KinesisListenerEvent {

	}

	/**
	 * A shard has been taken from this instance: its lease has expired, or the lease
	 * store cannot be reached. The next owner starts at the last checkpoint.
	 *
	 * @param listenerId the id of the listener's container
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	record ShardLost(String listenerId, String stream, String shardId) implements KinesisListenerEvent {

	}

	/**
	 * A shard has been processed to its end. Its children follow.
	 *
	 * @param listenerId the id of the listener's container
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	record ShardEnded(String listenerId, String stream, String shardId) implements KinesisListenerEvent {

	}

	/**
	 * No record has arrived from a shard for a while, and none is being processed.
	 * Published once until a record arrives.
	 *
	 * @param listenerId the id of the listener's container
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param after for how long
	 */
	record ShardIdle(String listenerId, String stream, String shardId, Duration after) implements KinesisListenerEvent {

	}

	/**
	 * A shard makes no progress: records are being processed and none was finished for a
	 * while, or reading fails. Published once until the shard makes progress.
	 *
	 * @param listenerId the id of the listener's container
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param after for how long
	 */
	record ShardStalled(String listenerId, String stream, String shardId,
			Duration after) implements KinesisListenerEvent {

	}

}

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
	 * @param reason why it has stopped
	 * @param cause the exception that stopped it; {@code null} unless access was denied
	 */
	record ListenerStopped(String listenerId, Reason reason,
			@Nullable Throwable cause) implements KinesisListenerEvent {

		/**
		 * Reasons why a listener has stopped.
		 */
		public enum Reason {

			/** The application, an operator or the end of the context stopped it. */
			NORMAL,

			/**
			 * It was stopped, and some records were still being processed after the
			 * shutdown timeout. They are delivered again.
			 */
			SHUTDOWN_TIMEOUT,

			/** It stopped by itself, because a call is denied. */
			ACCESS_DENIED

		}

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
	 * An idle shard is no longer idle: a record has arrived, or the shard is read anew.
	 *
	 * @param listenerId the id of the listener's container
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param after for how long it had no record
	 */
	record ShardNoLongerIdle(String listenerId, String stream, String shardId,
			Duration after) implements KinesisListenerEvent {

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

	/**
	 * A stalled shard makes progress again, or is no longer read on purpose.
	 *
	 * @param listenerId the id of the listener's container
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param after for how long it made no progress
	 */
	record ShardNoLongerStalled(String listenerId, String stream, String shardId,
			Duration after) implements KinesisListenerEvent {

	}

	/**
	 * A shard is paused, by itself or with its stream or container. No further record is
	 * started.
	 *
	 * @param listenerId the id of the listener's container
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	record ShardPaused(String listenerId, String stream, String shardId) implements KinesisListenerEvent {

	}

	/**
	 * A shard that was paused or stopped is read again.
	 *
	 * @param listenerId the id of the listener's container
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	record ShardResumed(String listenerId, String stream, String shardId) implements KinesisListenerEvent {

	}

	/**
	 * A shard is no longer read because of a failure: the error handler decided so, or
	 * records that were not read are gone. Its lease is kept. It is read again when it is
	 * resumed, or by another instance.
	 *
	 * @param listenerId the id of the listener's container
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param cause the reason; its own cause is the exception of the listener, if that
	 * has failed
	 */
	record ShardStopped(String listenerId, String stream, String shardId,
			Throwable cause) implements KinesisListenerEvent {

	}

}

package io.kinesisspring.shard;

import org.jspecify.annotations.Nullable;

/**
 * Sees what goes wrong on the way from the service to a listener, and is routine all the
 * same: for counting, not for deciding. Called on the container's loop or on a thread of
 * the SDK, so that implementations must be quick, must not throw, and must be safe for
 * threads.
 *
 * @since 0.1.0
 */
public interface ReadingObserver {

	/** An observer that looks away. */
	ReadingObserver NONE = new ReadingObserver() {
	};

	/**
	 * The service said that it is asked too often.
	 * @param stream the name of the stream
	 * @param shardId the shard, or {@code null} for calls that concern them all
	 * @param action the API action, such as {@code GetRecords}
	 */
	default void throttled(String stream, @Nullable String shardId, String action) {
	}

	/**
	 * A call failed in another way, and is tried again.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param action the API action, such as {@code GetRecords}
	 * @param exception what it failed with
	 */
	default void failed(String stream, String shardId, String action, Throwable exception) {
	}

	/**
	 * An iterator had expired and is renewed.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	default void iteratorExpired(String stream, String shardId) {
	}

	/**
	 * The record of a checkpoint is no longer in the stream.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	default void checkpointStale(String stream, String shardId) {
	}

	/**
	 * A record says that it is an aggregate and cannot be taken apart; it is delivered as
	 * it is.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	default void aggregateBroken(String stream, String shardId) {
	}

	/**
	 * A subscription to a shard is open: events may come.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	default void subscriptionOpened(String stream, String shardId) {
	}

	/**
	 * A subscription has brought an event, with records or without.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	default void subscriptionEvent(String stream, String shardId) {
	}

	/**
	 * A subscription that was open has ended.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param cause why
	 */
	default void subscriptionEnded(String stream, String shardId, SubscriptionEnd cause) {
	}

}

package io.kinesisspring.shard;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.lease.Checkpoint;

/**
 * Is notified about everything that happens between the service and a listener. For
 * information only: no method decides anything. Methods are called on the container's
 * loop or on a thread of the SDK. Implementations must be quick and thread-safe. An
 * exception that a method throws is logged and changes nothing.
 *
 * @since 0.1.0
 */
public interface ShardEvents {

	/** Ignores every event. */
	ShardEvents NONE = new ShardEvents() {
	};

	/**
	 * Notify several receivers, each protected from the exceptions of the others.
	 * @param receivers the receivers, in the order in which they are notified
	 * @return one receiver that stands for all of them
	 */
	static ShardEvents all(ShardEvents... receivers) {
		return new CompositeShardEvents(List.of(receivers));
	}

	/**
	 * The shards of a stream have been looked at, and shared out anew if need be.
	 * @param stream the name of the stream
	 * @param wanted how many of those that can be read are meant for this worker
	 * @param free how many of those that can be read are in nobody's hands afterwards;
	 * always 0 for a worker that is not one of those who look often
	 */
	default void onAssignmentPlanned(String stream, int wanted, int free) {
	}

	/**
	 * A shard is this worker's from now on.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	default void onAcquired(String stream, String shardId) {
	}

	/**
	 * A shard has been drained and is given back.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param stopping whether this worker stops, or else another one has asked for it
	 */
	default void onReleased(String stream, String shardId, boolean stopping) {
	}

	/**
	 * A shard has been lost to another worker, or to a lease store that cannot be
	 * reached.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	default void onLost(String stream, String shardId) {
	}

	/**
	 * A shard has been processed to its end.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	default void onFinished(String stream, String shardId) {
	}

	/**
	 * A shard is read from now on, or is paused or stopped.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param activity what is being done about it
	 * @param cause the failure that stopped it, {@code null} unless the activity is
	 * {@link ShardState.Activity#STOPPED}
	 */
	default void onActivityChanged(String stream, String shardId, ShardState.Activity activity,
			@Nullable Throwable cause) {
	}

	/**
	 * A call for records has been answered or has failed.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param duration how long it took
	 * @param exception what it failed with, {@code null} if it has been answered
	 */
	default void onFetched(String stream, String shardId, Duration duration, @Nullable Throwable exception) {
	}

	/**
	 * What the service returned has been made into records.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param bytes the data that the service returned
	 * @param records how many records are delivered for it
	 * @param deaggregated how many of those the aggregates held that were taken apart
	 */
	default void onUnpacked(String stream, String shardId, long bytes, int records, int deaggregated) {
	}

	/**
	 * A read has come to its end, with or without records. Those that it brought are
	 * handled before those of the next one.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param records how many it brought
	 * @param millisBehindLatest how far behind the tip of the shard it ended
	 * @param span how much older its first record is than its last one
	 */
	default void onBatchRead(String stream, String shardId, int records, long millisBehindLatest, Duration span) {
	}

	/**
	 * What one read brought has been worked on, or is kept by those who work on it.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	default void onBatchHandled(String stream, String shardId) {
	}

	/**
	 * Records are about to be worked on.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param last where the last of them stands
	 */
	default void onDeliveryStarted(String stream, String shardId, Checkpoint.After last) {
	}

	/**
	 * A checkpoint has been written, or could not be.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param checkpoint the checkpoint
	 * @param exception why it could not be written, {@code null} if it has been
	 */
	default void onCheckpoint(String stream, String shardId, Checkpoint checkpoint, @Nullable Throwable exception) {
	}

	/**
	 * The memory that all shards hold together has changed.
	 * @param used how many bytes they hold
	 * @param limit how many they may hold
	 */
	default void onBufferChanged(long used, long limit) {
	}

	/**
	 * The service said that it is asked too often.
	 * @param stream the name of the stream
	 * @param shardId the shard, or {@code null} for calls that concern them all
	 * @param action the API action, such as {@code GetRecords}
	 */
	default void onThrottled(String stream, @Nullable String shardId, String action) {
	}

	/**
	 * A call failed in another way, and is tried again.
	 * @param stream the name of the stream
	 * @param shardId the shard, or {@code null} for calls that concern them all
	 * @param action the API action, such as {@code GetRecords}
	 * @param exception what it failed with
	 */
	default void onCallFailed(String stream, @Nullable String shardId, String action, Throwable exception) {
	}

	/**
	 * A shard cannot be read at the moment. Reading is retried.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param cause why
	 */
	default void onReadDelayed(String stream, String shardId, Throwable cause) {
	}

	/**
	 * An iterator had expired and is renewed.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	default void onIteratorExpired(String stream, String shardId) {
	}

	/**
	 * The record of a checkpoint is no longer in the stream.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	default void onCheckpointStale(String stream, String shardId) {
	}

	/**
	 * A record says that it is an aggregate and cannot be taken apart; it is delivered as
	 * it is.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	default void onAggregateBroken(String stream, String shardId) {
	}

	/**
	 * A subscription to a shard is open: events may come.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	default void onSubscriptionOpened(String stream, String shardId) {
	}

	/**
	 * A subscription has brought an event, with records or without.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	default void onSubscriptionEvent(String stream, String shardId) {
	}

	/**
	 * A subscription that was open has ended.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param cause why
	 */
	default void onSubscriptionEnded(String stream, String shardId, SubscriptionEnd cause) {
	}

}

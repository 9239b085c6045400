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
	 * The worker has reconciled the leases of a stream.
	 * @param stream the name of the stream
	 * @param wanted how many readable shards this worker should hold
	 * @param free how many readable shards have no holder; always 0 for a worker that
	 * rarely reconciles
	 */
	default void onAssignmentPlanned(String stream, int wanted, int free) {
	}

	/**
	 * This worker has acquired a shard.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	default void onAcquired(String stream, String shardId) {
	}

	/**
	 * A shard has been drained and is released.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param stopping whether this worker stops; otherwise another worker has requested
	 * the lease
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
	 * Reading of a shard has started, or was paused or stopped.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param activity the new activity
	 * @param cause the failure that stopped it, {@code null} unless the activity is
	 * {@link ShardState.Activity#STOPPED}
	 */
	default void onActivityChanged(String stream, String shardId, ShardState.Activity activity,
			@Nullable Throwable cause) {
	}

	/**
	 * A call that reads records has succeeded or failed.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param duration how long it took
	 * @param exception the failure, {@code null} if it succeeded
	 */
	default void onFetched(String stream, String shardId, Duration duration, @Nullable Throwable exception) {
	}

	/**
	 * The data of a response has been unpacked.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param bytes the size of the data
	 * @param records how many records it contains for delivery
	 * @param deaggregated how many of those come from aggregates
	 */
	default void onUnpacked(String stream, String shardId, long bytes, int records, int deaggregated) {
	}

	/**
	 * A read has ended, with or without records. They are handled before those of the
	 * next read.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param records the number of records
	 * @param millisBehindLatest how far behind the tip of the shard it ended
	 * @param span how much older its first record is than its last one
	 */
	default void onBatchRead(String stream, String shardId, int records, long millisBehindLatest, Duration span) {
	}

	/**
	 * The records of one read have been handled, or the handler keeps them.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	default void onBatchHandled(String stream, String shardId) {
	}

	/**
	 * Records are about to be delivered.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param last the position of the last one
	 */
	default void onDeliveryStarted(String stream, String shardId, Checkpoint.After last) {
	}

	/**
	 * A write of a checkpoint has succeeded or failed.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param checkpoint the checkpoint
	 * @param exception the failure, {@code null} if it succeeded
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
	 * The service has throttled a call.
	 * @param stream the name of the stream
	 * @param shardId the shard, or {@code null} for calls that concern all shards
	 * @param action the API action, such as {@code GetRecords}
	 */
	default void onThrottled(String stream, @Nullable String shardId, String action) {
	}

	/**
	 * A call failed in another way, and is retried.
	 * @param stream the name of the stream
	 * @param shardId the shard, or {@code null} for calls that concern all shards
	 * @param action the API action, such as {@code GetRecords}
	 * @param exception the failure
	 */
	default void onCallFailed(String stream, @Nullable String shardId, String action, Throwable exception) {
	}

	/**
	 * A shard cannot be read at the moment. Reading is retried.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param cause the reason
	 */
	default void onReadDelayed(String stream, String shardId, Throwable cause) {
	}

	/**
	 * An iterator has expired and is renewed.
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
	 * A record is marked as an aggregate but cannot be deaggregated. It is delivered
	 * unchanged.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	default void onAggregateBroken(String stream, String shardId) {
	}

	/**
	 * Records of aggregates were read whose hash keys belong to other shards.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param records the number of these records
	 * @param dropped whether they are dropped; otherwise they are delivered
	 */
	default void onOutOfRange(String stream, String shardId, int records, boolean dropped) {
	}

	/**
	 * A subscription to a shard is open: events may arrive.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	default void onSubscriptionOpened(String stream, String shardId) {
	}

	/**
	 * A subscription has delivered an event, with or without records.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	default void onSubscriptionEvent(String stream, String shardId) {
	}

	/**
	 * A subscription that was open has ended.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param cause the reason
	 */
	default void onSubscriptionEnded(String stream, String shardId, SubscriptionEnd cause) {
	}

}

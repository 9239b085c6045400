package io.kinesisspring.shard;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.lease.Checkpoint;

/**
 * Handles the records of shards, and decides when it gets the next ones. It gets one
 * batch of a shard at a time, must not block its caller, and retries by itself. All
 * methods are called on the container's loop. For information, see {@link ShardEvents}.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface RecordHandler {

	/**
	 * Handle a batch.
	 * @param records the records, in the order of the shard; never empty
	 * @param session the session, to report processed records to and to check whether it
	 * is active
	 * @return completes when the next batch may be delivered, or when the session is no
	 * longer active; exceptionally to stop reading the shard
	 */
	CompletableFuture<Void> handle(List<KinesisRecord<byte[]>> records, ShardSession session);

	/**
	 * Whether the handler accepts lists that decode a record each time that it is read,
	 * into another object. Records that wait then need less memory. Such a handler does
	 * not read them on the container's loop.
	 * @return whether it accepts them; {@code false} by default
	 */
	default boolean acceptsLazyRecords() {
		return false;
	}

	/**
	 * A session has ended: no more records are delivered.
	 * @param session the session, which is no longer active
	 * @return completes when none of its records is being processed
	 */
	default CompletableFuture<Void> closed(ShardSession session) {
		return CompletableFuture.completedFuture(null);
	}

	/**
	 * This worker has acquired a shard.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @return completes when its first record may be delivered, with the position to
	 * start at, or {@code null} to start at the checkpoint; exceptionally to be called
	 * again after a back-off
	 */
	default CompletableFuture<@Nullable Checkpoint> assigned(String stream, String shardId) {
		return CompletableFuture.completedFuture(null);
	}

	/**
	 * The handler has got all records of a shard. The end of the shard is stored next.
	 * @param session the session of the shard
	 * @return completes when the end may be stored; exceptionally to be called again
	 * after a back-off
	 */
	default CompletableFuture<Void> ended(ShardSession session) {
		return CompletableFuture.completedFuture(null);
	}

	/**
	 * A shard is about to be released. None of its records is being processed, and its
	 * last checkpoint is not yet written.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @return completes when the checkpoint may be written and the lease released
	 */
	default CompletableFuture<Void> revoked(String stream, String shardId) {
		return CompletableFuture.completedFuture(null);
	}

	/**
	 * A shard has been lost, and none of its records is being processed, unless the
	 * listener has hung for long.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @return completes when the handler knows
	 */
	default CompletableFuture<Void> lost(String stream, String shardId) {
		return CompletableFuture.completedFuture(null);
	}

}

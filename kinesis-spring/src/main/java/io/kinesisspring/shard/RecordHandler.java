package io.kinesisspring.shard;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.kinesisspring.KinesisRecord;

/**
 * Works on the records of shards. Gets one batch of a shard at a time, never blocks its
 * caller, and retries by itself what is to be retried. All methods are called on the
 * container's loop.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface RecordHandler {

	/**
	 * Work on a batch.
	 * @param records the records, in the order of the shard; never empty
	 * @param session the shard: to be told what has been processed, and to be asked
	 * whether to go on
	 * @return completes when the next batch may come, or when the session is not active
	 * any more; exceptionally when the shard shall not be read any further
	 */
	CompletableFuture<Void> handle(List<KinesisRecord<byte[]>> records, ShardSession session);

	/**
	 * A session is over: no more records come.
	 * @param session the session, which is not active any more
	 * @return completes when nothing of it is being worked on
	 */
	default CompletableFuture<Void> closed(ShardSession session) {
		return CompletableFuture.completedFuture(null);
	}

	/**
	 * A shard is this worker's from now on.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @return completes when its first record may come
	 */
	default CompletableFuture<Void> assigned(String stream, String shardId) {
		return CompletableFuture.completedFuture(null);
	}

	/**
	 * A shard is read from now on, for the first time or again.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	default void opened(String stream, String shardId) {
	}

	/**
	 * A shard is not read any further because of a failure, until it is resumed.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param reason the failure
	 */
	default void stopped(String stream, String shardId, Throwable reason) {
	}

	/**
	 * A shard has been read, with or without any records.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param records how many records came
	 * @param millisBehindLatest how far behind the tip of the shard the read ended
	 */
	default void read(String stream, String shardId, int records, long millisBehindLatest) {
	}

	/**
	 * A shard cannot be read at the moment; it is tried again.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param cause why
	 */
	default void delayed(String stream, String shardId, Throwable cause) {
	}

	/**
	 * A shard is no longer this worker's: it has been given back or lost.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	default void lost(String stream, String shardId) {
	}

	/**
	 * A shard has been processed to its end.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	default void ended(String stream, String shardId) {
	}

}

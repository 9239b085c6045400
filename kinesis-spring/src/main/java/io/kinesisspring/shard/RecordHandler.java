package io.kinesisspring.shard;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.kinesisspring.KinesisRecord;

/**
 * Handles the records of shards, and decides when the next ones may come. It gets one
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

}

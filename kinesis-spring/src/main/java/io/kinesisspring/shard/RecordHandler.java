package io.kinesisspring.shard;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.kinesisspring.KinesisRecord;

/**
 * Works on the records of shards. Gets one batch of a shard at a time, never blocks its
 * caller, and retries by itself what is to be retried.
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
	 * @return completes when the batch has been handed over whole, or as far as the
	 * session was active; exceptionally when the shard shall not be read any further
	 */
	CompletableFuture<Void> handle(List<KinesisRecord<byte[]>> records, ShardSession session);

}

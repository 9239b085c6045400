package io.kinesisspring.listener;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.kinesisspring.KinesisRecord;

/**
 * Delivers the records of one session of a shard.
 */
interface ShardDelivery {

	/**
	 * Deliver a batch.
	 * @param records the records
	 * @return completes when the next batch may be delivered, exceptionally to stop the
	 * shard
	 */
	CompletableFuture<Void> deliver(List<KinesisRecord<byte[]>> records);

	/**
	 * No further batch follows.
	 * @return completes when no record is being delivered, acknowledged or not
	 */
	CompletableFuture<Void> whenDelivered();

	/**
	 * The session has ended.
	 * @return completes when none of its records is being processed
	 */
	CompletableFuture<Void> close();

}

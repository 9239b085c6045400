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
	 * @return completes when the next batch may come, exceptionally when the shard is to
	 * be stopped
	 */
	CompletableFuture<Void> deliver(List<KinesisRecord<byte[]>> records);

	/**
	 * The session is over.
	 * @return completes when nothing of it is being worked on
	 */
	CompletableFuture<Void> close();

}

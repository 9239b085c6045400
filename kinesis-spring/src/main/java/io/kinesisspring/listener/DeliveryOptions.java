package io.kinesisspring.listener;

import java.util.concurrent.Executor;

/**
 * What all deliveries of a container have in common. Immutable.
 *
 * @param listener gets the records
 * @param ackMode when records count as processed
 * @param concurrency how many keys of a shard are delivered at once
 * @param verdicts decide about failures
 * @param executor runs the listener
 * @param notices tells the application about shards
 * @param memoryOfShards how many bytes all shards together may keep of records that wait
 * for their key
 * @param observer sees what becomes of the deliveries
 */
record DeliveryOptions(RecordsListener listener, AckMode ackMode, int concurrency, ErrorHandlerInvoker verdicts,
		Executor executor, ShardEventPublisher notices, long memoryOfShards, ListenerObserver observer) {

	boolean inOrder() {
		return this.concurrency == 1;
	}

	String orderWords() {
		return inOrder() ? "in its shard" : "of its key";
	}

}

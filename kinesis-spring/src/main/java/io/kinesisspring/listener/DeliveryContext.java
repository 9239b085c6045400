package io.kinesisspring.listener;

import java.util.concurrent.Executor;

/**
 * The collaborators that all deliveries of a container share. Immutable.
 *
 * @param listener gets the records
 * @param options how records are delivered
 * @param errorHandlerInvoker decides about failures
 * @param executor runs the listener
 * @param shardEventPublisher notifies the application about shards
 * @param memoryOfShards how many bytes all shards together may keep of records that wait
 * for their key
 * @param observer is notified about the deliveries
 */
record DeliveryContext(RecordsListener listener, DeliveryOptions options, ErrorHandlerInvoker errorHandlerInvoker,
		Executor executor, ShardEventPublisher shardEventPublisher, long memoryOfShards, ListenerObserver observer) {

}

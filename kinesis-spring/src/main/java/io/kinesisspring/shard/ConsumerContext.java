package io.kinesisspring.shard;

import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.scheduling.EventLoop;

/**
 * What a {@link StreamConsumer} works with. Immutable.
 *
 * @param client calls the service
 * @param store keeps the leases
 * @param loop runs everything but the handler's work
 * @since 0.1.0
 */
public record ConsumerContext(StreamClient client, LeaseStore store, EventLoop loop) {

}

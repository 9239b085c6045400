package io.kinesisspring.embedded.action;

import io.kinesisspring.embedded.store.DataStream;
import io.kinesisspring.embedded.store.FanOutConsumer;
import io.kinesisspring.embedded.store.Shard;

/**
 * What the events of a subscription come from.
 *
 * @param consumer who subscribed
 * @param stream the stream
 * @param shard the shard
 * @param position the place of the first record to send
 * @since 0.1.0
 */
public record Subscription(FanOutConsumer consumer, DataStream stream, Shard shard, long position) {
}

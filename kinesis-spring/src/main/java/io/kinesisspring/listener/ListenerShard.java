package io.kinesisspring.listener;

/**
 * A shard of a listener. Immutable.
 *
 * @param listenerId the id of the listener's container
 * @param stream the name of the stream
 * @param shardId the shard
 * @since 0.1.0
 */
public record ListenerShard(String listenerId, String stream, String shardId) {

}

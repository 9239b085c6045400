package io.kinesisspring.shard;

import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.scheduling.EventLoop;

/**
 * The collaborators of a shard reader.
 *
 * @param client calls the service
 * @param stream the stream
 * @param shardId the shard
 * @param options how to read
 * @param loop runs the reader
 * @param buffer the shard's part of the container's buffer
 * @param lazy whether records may be decoded when they are delivered
 */
record ReaderContext(StreamClient client, StreamIdentifier stream, String shardId, ReaderOptions options,
		EventLoop loop, ShardBuffer buffer, boolean lazy) {

}

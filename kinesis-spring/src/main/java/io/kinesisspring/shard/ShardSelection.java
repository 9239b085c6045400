package io.kinesisspring.shard;

import org.jspecify.annotations.Nullable;

/**
 * Some shards of a consumer: all, those of a stream, or one. Immutable.
 *
 * @param stream the name of the stream; {@code null} for all
 * @param shardId the shard; {@code null} for all of the stream
 * @since 0.1.0
 */
public record ShardSelection(@Nullable String stream, @Nullable String shardId) {

	/** All shards of all streams. */
	public static final ShardSelection ALL = new ShardSelection(null, null);

	boolean includes(String otherStream, String otherShard) {
		return (this.stream == null || this.stream.equals(otherStream))
				&& (this.shardId == null || this.shardId.equals(otherShard));
	}

}

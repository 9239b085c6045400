package io.kinesisspring.shard;

import java.time.Duration;

/**
 * How often the checkpoint of a shard is written at most: as configured, and less often
 * if the container reads many shards. Confined to the container's loop.
 */
final class CheckpointInterval {

	/**
	 * With more shards the interval grows, so that a container makes no more than this
	 * number of writes per configured interval. DynamoDB accepts 1,000 writes a second
	 * under one key, and a write costs as much as reading some hundred records.
	 */
	static final int MOST_WRITES = 100;

	private final ShardBuffer buffer;

	private final Duration configured;

	/**
	 * Create the interval of one shard.
	 * @param buffer knows how many shards the container reads
	 * @param configured the configured interval
	 */
	CheckpointInterval(ShardBuffer buffer, Duration configured) {
		this.buffer = buffer;
		this.configured = configured;
	}

	static CheckpointInterval of(ReaderContext context) {
		return new CheckpointInterval(context.buffer(), context.options().checkpointInterval());
	}

	long toNanos() {
		return this.configured.toNanos() * Math.max(MOST_WRITES, this.buffer.shards()) / MOST_WRITES;
	}

}

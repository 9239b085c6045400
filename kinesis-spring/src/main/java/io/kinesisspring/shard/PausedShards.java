package io.kinesisspring.shard;

import java.util.HashSet;
import java.util.Set;

/**
 * What is paused: everything, whole streams, or single shards. A shard is read only if
 * none of the three is paused. Confined to the container's loop.
 */
final class PausedShards {

	private final Set<ShardSelection> paused = new HashSet<>();

	void pause(ShardSelection shardSelection) {
		this.paused.add(shardSelection);
	}

	void resume(ShardSelection shardSelection) {
		this.paused.remove(shardSelection);
	}

	boolean isPaused(String stream, String shardId) {
		return this.paused.stream().anyMatch((shardSelection) -> shardSelection.includes(stream, shardId));
	}

}

package io.kinesisspring.shard;

import java.util.HashSet;
import java.util.Set;

/**
 * What is paused: everything, whole streams, or single shards. A shard is read while none
 * of the three is so. Confined to the container's loop.
 */
final class PausedShards {

	private final Set<ShardSelection> paused = new HashSet<>();

	void pause(ShardSelection selection) {
		this.paused.add(selection);
	}

	void resume(ShardSelection selection) {
		this.paused.remove(selection);
	}

	boolean cover(String stream, String shardId) {
		return this.paused.stream().anyMatch((selection) -> selection.includes(stream, shardId));
	}

}

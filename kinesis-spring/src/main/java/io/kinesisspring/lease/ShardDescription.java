package io.kinesisspring.lease;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * A shard as the service lists it.
 *
 * @param shardId its id
 * @param parents the shards that it came from: one after a split, two after a merge
 * @param closed whether it takes no more records
 * @since 0.1.0
 */
public record ShardDescription(String shardId, Set<String> parents, boolean closed) {

	public ShardDescription {
		parents = Collections.unmodifiableSet(new TreeSet<>(parents));
	}

}

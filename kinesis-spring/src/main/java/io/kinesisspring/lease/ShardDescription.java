package io.kinesisspring.lease;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.SequenceNumber;

/**
 * A shard as the service lists it.
 *
 * @param shardId its id
 * @param parents the shards that it came from: one after a split, two after a merge
 * @param closed whether it accepts no more records
 * @param start its starting sequence number, which none of its records is below;
 * {@code null} if it is unknown
 * @param hashKeys the hash keys that belong to it; {@code null} if they are unknown
 * @since 0.1.0
 */
public record ShardDescription(String shardId, Set<String> parents, boolean closed, @Nullable SequenceNumber start,
		@Nullable HashKeyRange hashKeys) {

	public ShardDescription {
		parents = Collections.unmodifiableSet(new TreeSet<>(parents));
	}

	/**
	 * Create a description of a shard whose starting sequence number is unknown.
	 * @param shardId its id
	 * @param parents the shards that it came from
	 * @param closed whether it accepts no more records
	 */
	public ShardDescription(String shardId, Set<String> parents, boolean closed) {
		this(shardId, parents, closed, null);
	}

	/**
	 * Create a description of a shard whose hash keys are unknown.
	 * @param shardId its id
	 * @param parents the shards that it came from
	 * @param closed whether it accepts no more records
	 * @param start its starting sequence number
	 */
	public ShardDescription(String shardId, Set<String> parents, boolean closed, @Nullable SequenceNumber start) {
		this(shardId, parents, closed, start, null);
	}

	/**
	 * The shard after it has been closed.
	 * @return the description of the closed shard
	 */
	public ShardDescription asClosed() {
		return new ShardDescription(this.shardId, this.parents, true, this.start, this.hashKeys);
	}

}

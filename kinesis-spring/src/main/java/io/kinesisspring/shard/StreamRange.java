package io.kinesisspring.shard;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.InitialPosition;

/**
 * A part of a stream, and how to read it. Immutable.
 *
 * @param stream the stream
 * @param from where to begin in shards without a position of their own; {@code null} to
 * read only the shards that have one, and those that come from them
 * @param positions where to begin in single shards
 * @param to the end, exclusive, by the service's clock; {@code null} for the moment at
 * which reading starts
 * @param maxConcurrentShards how many shards are read at the same time
 * @param retryTimeout for how long the reads of a shard may fail until the whole read
 * fails
 * @param reader how each shard is read
 * @param strictEnd whether a shard ends with its first record behind the end, so that the
 * records that are read are the first ones without a gap, and their last one is a
 * position at which a later read can continue
 * @since 0.1.0
 */
public record StreamRange(StreamIdentifier stream, @Nullable InitialPosition from, Map<String, Checkpoint> positions,
		@Nullable Instant to, int maxConcurrentShards, Duration retryTimeout, ReaderOptions reader, boolean strictEnd) {

	public StreamRange {
		positions = Map.copyOf(positions);
	}

	/**
	 * Create a range that has all records of its time, although they may lie behind later
	 * ones.
	 * @param stream the stream
	 * @param from where to begin in shards without a position of their own
	 * @param positions where to begin in single shards
	 * @param to the end, exclusive
	 * @param maxConcurrentShards how many shards are read at the same time
	 * @param retryTimeout for how long the reads of a shard may fail
	 * @param reader how each shard is read
	 */
	public StreamRange(StreamIdentifier stream, @Nullable InitialPosition from, Map<String, Checkpoint> positions,
			@Nullable Instant to, int maxConcurrentShards, Duration retryTimeout, ReaderOptions reader) {
		this(stream, from, positions, to, maxConcurrentShards, retryTimeout, reader, false);
	}

}

package io.kinesisspring.lease.dynamodb;

import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.lease.Checkpoint;

/**
 * The checkpoint of one shard in a table of another library.
 *
 * @param key the key of the row
 * @param version a value that changes while a worker reads the shard
 * @param worker the description of that worker, for people
 * @param stream the name of the stream
 * @param shardId the shard
 * @param checkpoint how far it has been processed, {@code null} if that depends on when
 * and by whom the row is read
 * @param parents the shards that come before it, as far as the row knows
 */
record ImportedRow(String key, String version, String worker, String stream, String shardId,
		@Nullable Checkpoint checkpoint, Set<String> parents) {

}

package io.kinesisspring.lease;

import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The shards of a stream that the service still knows, at one moment.
 *
 * @param stream the name of the stream
 * @param asOf the moment, by the service's clock, rounded down
 * @param shards the shards by their ids
 * @since 0.1.0
 */
public record ShardListing(String stream, Instant asOf, Map<String, ShardDescription> shards) {

	/**
	 * A listing of shards.
	 * @param stream the name of the stream
	 * @param asOf the moment, by the service's clock, rounded down
	 * @param shards the shards
	 * @return the listing
	 */
	public static ShardListing of(String stream, Instant asOf, Collection<ShardDescription> shards) {
		Map<String, ShardDescription> byId = new LinkedHashMap<>();
		shards.forEach((shard) -> byId.put(shard.shardId(), shard));
		return new ShardListing(stream, asOf, byId);
	}

}

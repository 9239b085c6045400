package io.kinesisspring.embedded.action;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.fault.Injection;
import io.kinesisspring.embedded.protocol.Errors;
import io.kinesisspring.embedded.protocol.ServiceException;
import io.kinesisspring.embedded.store.DataStream;
import io.kinesisspring.embedded.store.HashKey;
import io.kinesisspring.embedded.store.Shard;

/**
 * Chooses the shard of a record, and stores the record there unless the shard is at its
 * limit. A stream with the strategy {@code AUTO} takes its open shards in turn, and
 * passes over those at their limit.
 */
final class Placement {

	/** Fails an entry of a request and not the others, such as a disk that is full. */
	private static final int INTERNAL_FAILURE = 500;

	private Placement() {
	}

	/**
	 * Return the shard that the record's hash key belongs to.
	 */
	static Shard shardOf(DataStream stream, PutEntry entry) {
		return stream.route(hashKey(entry));
	}

	static PutResult put(DataStream stream, PutEntry entry, Injection injection) {
		return stream.settings().isAuto() ? putInTurn(stream, entry, injection) : putByKey(stream, entry, injection);
	}

	private static PutResult putByKey(DataStream stream, PutEntry entry, Injection injection) {
		HashKey key = hashKey(entry);
		Shard shard = stream.route(key);
		ServiceException error = (injection.partial() != null) ? injection.entryError(shard.id()) : null;
		if (error == null && !hasRoom(stream, shard, entry)) {
			error = throttled(stream, shard);
		}
		return (error != null) ? PutResult.refused(error) : append(stream, key, entry);
	}

	private static PutResult putInTurn(DataStream stream, PutEntry entry, Injection injection) {
		List<Shard> shards = stream.openShards();
		int turn = Math.floorMod(stream.intake().nextTurn(), shards.size());
		for (int i = 0; i < shards.size(); i++) {
			Shard shard = shards.get((turn + i) % shards.size());
			if (hasRoom(stream, shard, entry)) {
				ServiceException error = (injection.partial() != null) ? injection.entryError(shard.id()) : null;
				return (error != null) ? PutResult.refused(error) : append(stream, shard.range().start(), entry);
			}
		}
		return PutResult.refused(throttled(stream, shards.get(turn)));
	}

	private static boolean hasRoom(DataStream stream, Shard shard, PutEntry entry) {
		return shard.limiter().admitWrite(stream.limits(), entry.size(), stream.account().now());
	}

	private static ServiceException throttled(DataStream stream, Shard shard) {
		return Errors.throughputExceeded("Rate exceeded for shard " + shard.id() + " in stream " + stream.name()
				+ " under account " + stream.account().id() + ".");
	}

	private static PutResult append(DataStream stream, HashKey key, PutEntry entry) {
		byte[] data = entry.data();
		if (data == null) {
			throw new IllegalStateException("Not validated");
		}
		try {
			return PutResult.stored(stream.append(key, entry.partitionKey(), data));
		}
		catch (ServiceException ex) {
			if (ex.status() == INTERNAL_FAILURE) {
				return PutResult.refused(ex);
			}
			throw ex;
		}
	}

	private static HashKey hashKey(PutEntry entry) {
		if (entry.explicitHashKey() != null) {
			return HashKey.parse("ExplicitHashKey", entry.explicitHashKey());
		}
		@Nullable String partitionKey = entry.partitionKey();
		return HashKey.ofPartitionKey((partitionKey != null) ? partitionKey : "");
	}

}

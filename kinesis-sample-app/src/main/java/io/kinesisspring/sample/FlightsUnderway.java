package io.kinesisspring.sample;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.producer.SendResult;

/**
 * The flights that this instance has sent and no listener has finished, in each shard.
 * Compares what was sent with what the ledger has, so it knows the lag of shards that
 * other instances read, too. Thread-safe.
 */
@Component
class FlightsUnderway {

	private final Map<String, NavigableMap<SequenceNumber, Instant>> shards = new ConcurrentHashMap<>();

	void add(Collection<SendResult> sent) {
		Instant now = Instant.now();
		sent.forEach((result) -> this.shards.computeIfAbsent(result.shardId(), (id) -> new ConcurrentSkipListMap<>())
			.put(result.sequenceNumber(), now));
	}

	/**
	 * Forget the flights that the ledger has.
	 * @return how many are left in each shard, and for how long
	 */
	Map<String, Waiting> waiting(Map<String, ShardTotals> totals) {
		Instant now = Instant.now();
		Map<String, Waiting> waiting = new TreeMap<>();
		this.shards.forEach((shardId, flights) -> {
			ShardTotals shard = totals.get(shardId);
			if (shard != null && shard.last() != null) {
				flights.headMap(shard.last(), true).clear();
			}
			waiting.put(shardId, Waiting.of(flights.size(), flights.firstEntry(), now));
		});
		return waiting;
	}

	/**
	 * What waits in a shard.
	 *
	 * @param flights how many flights
	 * @param millis how long the oldest of them has been there
	 */
	record Waiting(int flights, long millis) {

		private static Waiting of(int flights, Map.@Nullable Entry<SequenceNumber, Instant> oldest, Instant now) {
			return new Waiting(flights,
					(oldest != null) ? Math.max(0, Duration.between(oldest.getValue(), now).toMillis()) : 0);
		}

	}

}

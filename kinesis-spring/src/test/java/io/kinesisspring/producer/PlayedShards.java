package io.kinesisspring.producer;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

import io.kinesisspring.scheduling.SimulatedEventLoop;

/**
 * Plays shards that take so many records in any second, and as many KiB, and can be split
 * and merged.
 */
final class PlayedShards implements PlayedService.Behaviour {

	private static final BigInteger TWO = BigInteger.valueOf(2);

	private static final Duration SECOND = Duration.ofSeconds(1);

	private final HashKeys hashKeys = Objects.requireNonNull(HashKeys.find());

	private final SimulatedEventLoop loop;

	/** By the lowest hash key. */
	private final TreeMap<BigInteger, Shard> shards = new TreeMap<>();

	private int numbered;

	private int limit;

	private int attempts;

	private int refused;

	PlayedShards(SimulatedEventLoop loop, int count, int limit) {
		this.loop = loop;
		this.limit = limit;
		BigInteger all = BigInteger.ONE.shiftLeft(128);
		for (int i = 0; i < count; i++) {
			open(all.multiply(BigInteger.valueOf(i)).divide(BigInteger.valueOf(count)));
		}
	}

	@Override
	public CompletableFuture<PutRecordsResponse> answer(PlayedService service, PutRecordsRequest request) {
		return service.later(PlayedService.ROUND_TRIP, () -> {
			List<PutRecordsResultEntry> results = new ArrayList<>();
			for (PutRecordsRequestEntry entry : request.records()) {
				this.attempts++;
				Shard shard = this.shards.floorEntry(this.hashKeys.of(entry.explicitHashKey(), entry.partitionKey()))
					.getValue();
				if (shard.admits(this.loop.elapsed(), entry.data().asByteArrayUnsafe().length, this.limit)) {
					results.add(service.store(entry).toBuilder().shardId(shard.id).build());
				}
				else {
					this.refused++;
					results.add(PlayedService.error(SendTestSupport.THROTTLED));
				}
			}
			return PutRecordsResponse.builder().records(results).build();
		});
	}

	/**
	 * Split the first shard in the middle.
	 */
	void split() {
		BigInteger low = this.shards.firstKey();
		BigInteger next = (this.shards.size() > 1) ? this.shards.higherKey(low) : BigInteger.ONE.shiftLeft(128);
		this.shards.remove(low);
		open(low);
		open(low.add(next).divide(TWO));
	}

	/**
	 * Merge the first two shards.
	 */
	void merge() {
		Map.Entry<BigInteger, Shard> first = this.shards.pollFirstEntry();
		this.shards.pollFirstEntry();
		open(first.getKey());
	}

	void limit(int records) {
		this.limit = records;
	}

	int attempts() {
		return this.attempts;
	}

	int refused() {
		return this.refused;
	}

	private void open(BigInteger low) {
		this.shards.put(low, new Shard("shardId-%012d".formatted(this.numbered++)));
	}

	private static final class Shard {

		private final String id;

		private final Deque<Taken> taken = new ArrayDeque<>();

		private long bytes;

		Shard(String id) {
			this.id = id;
		}

		boolean admits(Duration now, int bytes, int limit) {
			while (!this.taken.isEmpty() && this.taken.peek().at().plus(SECOND).compareTo(now) <= 0) {
				this.bytes -= this.taken.remove().bytes();
			}
			boolean admitted = this.taken.size() < limit && this.bytes + bytes <= 1024L * limit;
			if (admitted) {
				this.taken.add(new Taken(now, bytes));
				this.bytes += bytes;
			}
			return admitted;
		}

	}

	/**
	 * What a shard has taken.
	 *
	 * @param at when
	 * @param bytes how much
	 */
	private record Taken(Duration at, int bytes) {

	}

}

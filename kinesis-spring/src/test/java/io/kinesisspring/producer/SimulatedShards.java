package io.kinesisspring.producer;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

import io.kinesisspring.scheduling.SimulatedEventLoop;

/**
 * Simulates shards that accept a number of records a second, and as many KiB, and that
 * can be split and merged.
 */
final class SimulatedShards implements ScriptedService.Behaviour {

	private static final BigInteger TWO = BigInteger.valueOf(2);

	private static final Duration SECOND = Duration.ofSeconds(1);

	private final HashKeys hashKeys = Objects.requireNonNull(HashKeys.find());

	private final SimulatedEventLoop loop;

	/** By the lowest hash key. */
	private final TreeMap<BigInteger, Shard> shards = new TreeMap<>();

	private int nextNumber;

	private int limit;

	/** The shards that accept nothing. */
	private Set<String> blocked = Set.of();

	/** Whether the service distributes the records, whatever their keys are. */
	private boolean distributes;

	private int distributed;

	private int attempts;

	private int throttled;

	SimulatedShards(SimulatedEventLoop loop, int count, int limit) {
		this.loop = loop;
		this.limit = limit;
		BigInteger all = BigInteger.ONE.shiftLeft(128);
		for (int i = 0; i < count; i++) {
			open(all.multiply(BigInteger.valueOf(i)).divide(BigInteger.valueOf(count)));
		}
	}

	@Override
	public CompletableFuture<PutRecordsResponse> respond(ScriptedService service, PutRecordsRequest request) {
		return service.later(ScriptedService.ROUND_TRIP, () -> {
			if (!this.distributes && request.records().stream().anyMatch((entry) -> entry.partitionKey() == null)) {
				throw ScriptedService.exception("InvalidArgumentException", 400);
			}
			List<PutRecordsResultEntry> results = new ArrayList<>();
			for (PutRecordsRequestEntry entry : request.records()) {
				this.attempts++;
				Shard shard = this.distributes ? next()
						: this.shards.floorEntry(this.hashKeys.of(entry.explicitHashKey(), entry.partitionKey()))
							.getValue();
				if (!this.blocked.contains(shard.id)
						&& shard.admits(this.loop.elapsed(), entry.data().asByteArrayUnsafe().length, this.limit)) {
					results.add(service.store(entry).toBuilder().shardId(shard.id).build());
				}
				else {
					this.throttled++;
					results.add(ScriptedService.error(SendTestSupport.THROTTLED));
				}
			}
			return PutRecordsResponse.builder().records(results).build();
		});
	}

	private Shard next() {
		return List.copyOf(this.shards.values()).get(this.distributed++ % this.shards.size());
	}

	/**
	 * Let the service distribute the records, or their keys.
	 */
	void distribute(boolean byService) {
		this.distributes = byService;
	}

	/**
	 * Let some shards accept nothing, and all others what they can.
	 */
	void block(int... numbers) {
		this.blocked = IntStream.of(numbers).mapToObj(SimulatedShards::id).collect(Collectors.toSet());
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

	int throttled() {
		return this.throttled;
	}

	private void open(BigInteger low) {
		this.shards.put(low, new Shard(id(this.nextNumber++)));
	}

	private static String id(int number) {
		return "shardId-%012d".formatted(number);
	}

	private static final class Shard {

		private final String id;

		private final Deque<Accepted> accepted = new ArrayDeque<>();

		private long bytes;

		Shard(String id) {
			this.id = id;
		}

		boolean admits(Duration now, int bytes, int limit) {
			while (!this.accepted.isEmpty() && this.accepted.peek().at().plus(SECOND).compareTo(now) <= 0) {
				this.bytes -= this.accepted.remove().bytes();
			}
			boolean admitted = this.accepted.size() < limit && this.bytes + bytes <= 1024L * limit;
			if (admitted) {
				this.accepted.add(new Accepted(now, bytes));
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
	private record Accepted(Duration at, int bytes) {

	}

}

package io.kinesisspring.sample;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;
import software.amazon.awssdk.services.kinesis.model.Shard;

import io.kinesisspring.lease.Lease;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;

/**
 * The shards of the stream with their owners, from the service's list of shards and the
 * leases of all instances. Not thread-safe.
 */
@Component
class LiveShards {

	private static final double KEYS = BigInteger.TWO.pow(128).doubleValue();

	private static final int TIMEOUT_SECONDS = 10;

	private final KinesisAsyncClient client;

	private final KinesisListenerContainerRegistry registry;

	private final SampleProperties properties;

	private final LiveEvents events;

	private final Map<String, String> names = new LinkedHashMap<>();

	private Map<String, String> owners = Map.of();

	LiveShards(@Qualifier("kinesisAsyncClient") KinesisAsyncClient client, KinesisListenerContainerRegistry registry,
			SampleProperties properties, LiveEvents events) {
		this.client = client;
		this.registry = registry;
		this.properties = properties;
		this.events = events;
	}

	View view(Map<String, ShardTotals> totals, Map<String, FlightsUnderway.Waiting> waiting) {
		KinesisListenerContainer container = Objects.requireNonNull(this.registry.getContainer(FlightListener.ID));
		CompletableFuture<ListShardsResponse> listing = this.client
			.listShards((list) -> list.streamName(this.properties.stream()));
		Map<String, Lease> leases = new HashMap<>();
		container.getLeases()
			.orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS)
			.join()
			.stream()
			.filter((lease) -> lease.stream().equals(this.properties.stream()))
			.forEach((lease) -> leases.put(lease.shardId(), lease));
		String here = container.getStatus().workerId();
		if (here != null) {
			name(here);
		}
		leases.values().stream().map(LiveShards::worker).filter(Objects::nonNull).sorted().forEach(this::name);
		List<LiveState.Shard> shards = listing.orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS)
			.join()
			.shards()
			.stream()
			.filter((shard) -> !isFinished(shard, leases.get(shard.shardId())))
			.map((shard) -> describe(shard, leases.get(shard.shardId()), totals, waiting))
			.sorted(Comparator.comparingDouble(LiveState.Shard::from).thenComparing(LiveState.Shard::shard))
			.toList();
		publishMoves(leases);
		return new View(shards, instances(leases, here));
	}

	private static boolean isFinished(Shard shard, @Nullable Lease lease) {
		return lease != null && lease.isFinished() && shard.sequenceNumberRange().endingSequenceNumber() != null;
	}

	private LiveState.Shard describe(Shard shard, @Nullable Lease lease, Map<String, ShardTotals> totals,
			Map<String, FlightsUnderway.Waiting> waiting) {
		String worker = (lease != null) ? worker(lease) : null;
		ShardTotals delivered = totals.get(shard.shardId());
		FlightsUnderway.Waiting left = waiting.getOrDefault(shard.shardId(), new FlightsUnderway.Waiting(0, 0));
		return new LiveState.Shard(shard.shardId(), place(shard.hashKeyRange().startingHashKey(), 0),
				place(shard.hashKeyRange().endingHashKey(), 1),
				shard.sequenceNumberRange().endingSequenceNumber() == null, parents(shard),
				(worker != null) ? name(worker) : null, worker != null && this.events.killedAt(worker) != null,
				(delivered != null) ? delivered.flights() : 0, left.flights(), left.millis());
	}

	static List<String> parents(Shard shard) {
		return Stream.of(shard.parentShardId(), shard.adjacentParentShardId()).filter(Objects::nonNull).toList();
	}

	private static double place(String hashKey, int plus) {
		return new BigInteger(hashKey).add(BigInteger.valueOf(plus)).doubleValue() / KEYS;
	}

	/**
	 * The worker without the number of its start.
	 */
	private static @Nullable String worker(Lease lease) {
		String owner = lease.owner();
		return (owner != null) ? owner.substring(0, Math.max(0, owner.lastIndexOf('-'))) : null;
	}

	/**
	 * A letter for each worker, in the order in which they appear.
	 */
	private String name(String worker) {
		return this.names.computeIfAbsent(worker, (id) -> {
			int count = this.names.size();
			return (count < 26) ? String.valueOf((char) ('A' + count)) : "#" + (count + 1);
		});
	}

	private List<LiveState.Instance> instances(Map<String, Lease> leases, @Nullable String here) {
		List<LiveState.Instance> instances = new ArrayList<>();
		this.names.forEach((worker, name) -> {
			int shards = (int) leases.values()
				.stream()
				.filter((lease) -> !lease.isFinished() && worker.equals(worker(lease)))
				.count();
			boolean killed = this.events.killedAt(worker) != null;
			if (shards > 0 || worker.equals(here)) {
				instances.add(new LiveState.Instance(name, worker, worker.equals(here), killed, shards));
			}
		});
		return instances;
	}

	private void publishMoves(Map<String, Lease> leases) {
		Map<String, String> now = new HashMap<>(this.owners);
		now.keySet().retainAll(leases.keySet());
		leases.forEach((shardId, lease) -> {
			String worker = worker(lease);
			if (worker != null && !lease.isFinished()) {
				String before = now.put(shardId, worker);
				if (before != null && !before.equals(worker)) {
					publishMove(shardId, before, worker);
				}
			}
		});
		this.owners = now;
	}

	private void publishMove(String shardId, String before, String after) {
		Instant killed = this.events.killedAt(before);
		if (killed == null) {
			this.events.add("move", "Shard %s moved from instance %s to instance %s.".formatted(number(shardId),
					name(before), name(after)));
		}
		else {
			this.events.add("takeover", String.format(Locale.ROOT,
					"Instance %s took over shard %s, %.1f seconds after instance %s was killed.", name(after),
					number(shardId), Duration.between(killed, Instant.now()).toMillis() / 1000.0, name(before)));
		}
	}

	/**
	 * The number of a shard, without what all ids have in common.
	 */
	static String number(String shardId) {
		String digits = shardId.replaceFirst("^shardId-0*", "");
		return digits.isEmpty() ? "0" : digits;
	}

	/**
	 * Shards and instances.
	 *
	 * @param shards the shards
	 * @param instances the instances
	 */
	record View(List<LiveState.Shard> shards, List<LiveState.Instance> instances) {

	}

}

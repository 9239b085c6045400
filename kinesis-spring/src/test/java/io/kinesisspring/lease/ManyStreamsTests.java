package io.kinesisspring.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.kinesisspring.testing.Seeds;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for how several streams are shared at once.
 */
class ManyStreamsTests {

	private static final List<String> SIX = IntStream.range(0, 6).mapToObj((i) -> "stream-" + i).toList();

	static LongStream seeds() {
		return Seeds.of(200);
	}

	@Test
	void sharesStreamsOfOneShardEvenly() {
		Shares shares = new Shares();
		SIX.forEach((stream) -> shares.lease(stream, "a"));
		SIX.forEach((stream) -> shares.want(stream, "a", "b", "c"));
		assertThat(shares.planned()).containsEntry("a", 2).containsEntry("b", 2).containsEntry("c", 2);
		assertThat(shares.moves()).isEqualTo(4);
	}

	@Test
	void sharesUnassignedStreamsOfOneShardEvenly() {
		Shares shares = new Shares();
		SIX.forEach((stream) -> shares.lease(stream, null));
		SIX.forEach((stream) -> shares.want(stream, "a", "b", "c"));
		assertThat(shares.planned()).containsEntry("a", 2).containsEntry("b", 2).containsEntry("c", 2);
	}

	@Test
	void countsTheShardsOfAllListenersOfAProcess() {
		Shares shares = new Shares();
		for (String listener : List.of("x", "y")) {
			shares.want("stream-" + listener, "p1." + listener, "p2." + listener);
			shares.lease("stream-" + listener, "p1." + listener);
		}
		assertThat(shares.planned().get("p1.x") + shares.planned().get("p1.y")).isEqualTo(1);
		assertThat(shares.moves()).isEqualTo(1);
	}

	/**
	 * {@code a} has three of a stream that it shares with {@code b} alone, who can give
	 * one to {@code c}.
	 */
	@Test
	void balancesThroughWorkersThatReadStreamsOfBothSides() {
		Shares shares = new Shares();
		for (String stream : List.of("s1", "s2", "s3")) {
			shares.want(stream, "a", "b");
			shares.lease(stream, "a");
		}
		for (String stream : List.of("t1", "t2")) {
			shares.want(stream, "b", "c");
			shares.lease(stream, "b");
		}
		shares.want("u", "c");
		assertThat(new TreeMap<>(shares.planned())).isEqualTo(Map.of("a", 2, "b", 2, "c", 1));
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void sharesAllStreamsEvenlyAndThenMovesNothing(long seed) {
		Random random = new Random(seed);
		Shares shares = Shares.random(random, true);
		Collection<Integer> sizes = shares.planned().values();
		int most = sizes.stream().mapToInt(Integer::intValue).max().orElse(0);
		int least = sizes.stream().mapToInt(Integer::intValue).min().orElse(0);
		assertThat(most - least).as("seed %s: %s", seed, shares.planned()).isLessThanOrEqualTo(1);
		assertThat(shares.isEvenInEachStream()).as("seed %s", seed).isTrue();
		assertThat(shares.moved().moves()).as("moves again (seed %s)", seed).isZero();
	}

	/**
	 * Nobody could take one from somebody who has two more.
	 */
	@ParameterizedTest
	@MethodSource("seeds")
	void sharesAsEvenlyAsPossibleIfWorkersReadDifferentStreams(long seed) {
		Shares shares = Shares.random(new Random(seed), false);
		assertThat(shares.isEvenInEachStream()).as("seed %s", seed).isTrue();
		assertThat(shares.couldBeMoreEven()).as("seed %s", seed).isNull();
		assertThat(shares.moved().moves()).as("moves again (seed %s)", seed).isZero();
	}

	@ParameterizedTest
	@MethodSource("fleets")
	void reachesEvenSharesOfManyStreamsInFewMoves(long seed) {
		SimulatedFleet fleet = new SimulatedFleet(seed, 0, 0);
		SIX.forEach((stream) -> fleet.create(stream, 1));
		fleet.start("a", SIX);
		fleet.advance(Duration.ofSeconds(5));
		assertThat(fleet.sizes()).containsExactly(6);
		fleet.start("b", SIX);
		fleet.start("c", SIX);
		fleet.advance(Duration.ofSeconds(20));
		assertThat(fleet.sizes()).as("seed %s: %s", seed, fleet).containsExactly(2, 2, 2);
		int settled = fleet.handovers().size();
		assertThat(settled - 6).as("moves (seed %s): %s", seed, fleet.handovers()).isLessThanOrEqualTo(6);
		fleet.advance(Duration.ofMinutes(5), Duration.ofMillis(500));
		assertThat(fleet.handovers()).as("seed %s", seed).hasSize(settled);
	}

	/** In two of them the only worker that reconciles regularly has too many itself. */
	static LongStream fleets() {
		return LongStream.concat(Seeds.of(30), LongStream.of(79, 147));
	}

	/**
	 * Processes with some listeners each, for different streams: a listener has one
	 * worker in each process, and some processes have not all listeners.
	 */
	@ParameterizedTest
	@MethodSource("fleets")
	void reachesEvenSharesForAnyListenersAndThenMovesNothing(long seed) {
		Random random = new Random(seed);
		SimulatedFleet fleet = new SimulatedFleet(seed, 0, 0);
		List<List<String>> listeners = new ArrayList<>();
		int shards = 0;
		for (int listener = 0; listener < 3; listener++) {
			List<String> streams = new ArrayList<>();
			for (int i = random.nextInt(5); i >= 0; i--) {
				int count = 1 + random.nextInt(3);
				streams.add("stream-" + listener + "-" + i);
				fleet.create("stream-" + listener + "-" + i, count);
				shards += count;
			}
			listeners.add(streams);
		}
		int processes = 2 + random.nextInt(4);
		List<Runnable> starts = new ArrayList<>();
		for (int process = 0; process < processes; process++) {
			for (int listener = 0; listener < 3; listener++) {
				String id = "p" + process + ".l" + listener;
				List<String> streams = listeners.get(listener);
				starts.add(() -> fleet.start(id, streams));
			}
		}
		starts.forEach((start) -> {
			start.run();
			fleet.advance(Duration.ofMillis(random.nextInt(4_000)), Duration.ofMillis(100));
		});
		fleet.advance(Duration.ofMinutes(2), Duration.ofMillis(100));
		List<Integer> sizes = fleet.sizesOfProcesses();
		assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).as("seed %s", seed).isEqualTo(shards);
		assertThat(sizes.get(processes - 1) - sizes.get(0)).as("seed %s: %s", seed, sizes).isLessThanOrEqualTo(1);
		int settled = fleet.handovers().size();
		fleet.advance(Duration.ofMinutes(5), Duration.ofMillis(500));
		assertThat(fleet.handovers()).as("seed %s", seed).hasSize(settled);
	}

	/**
	 * Leases and workers of some streams.
	 */
	private static final class Shares {

		private final Map<String, List<Lease>> leases = new TreeMap<>();

		private final Map<String, Set<String>> workers = new TreeMap<>();

		private static Shares random(Random random, boolean alike) {
			Shares shares = new Shares();
			int fleet = 1 + random.nextInt(12);
			int streams = 1 + random.nextInt(30);
			for (int stream = 0; stream < streams; stream++) {
				String name = "stream-" + stream;
				Set<String> wanting = new TreeSet<>();
				for (int worker = 0; worker < fleet; worker++) {
					if (alike || random.nextBoolean()) {
						wanting.add("w" + worker);
					}
				}
				if (!wanting.isEmpty()) {
					shares.want(name, wanting.toArray(new String[0]));
					for (int i = random.nextInt(random.nextBoolean() ? 3 : 20); i > 0; i--) {
						shares.lease(name, (random.nextInt(4) > 0) ? "w" + random.nextInt(fleet + 1) : null);
					}
				}
			}
			return shares;
		}

		private void want(String stream, String... wanting) {
			this.workers.put(stream, new TreeSet<>(Set.of(wanting)));
		}

		private void lease(String stream, @Nullable String owner) {
			List<Lease> ofStream = this.leases.computeIfAbsent(stream, (key) -> new ArrayList<>());
			ofStream.add(new Lease(stream, "shard-" + ofStream.size(), owner, 1, Checkpoint.TRIM_HORIZON, 0,
					new TreeSet<>()));
		}

		private LeaseAssignor balance() {
			return new LeaseAssignor(this.leases, this.workers);
		}

		private Map<String, Integer> planned() {
			LeaseAssignor leaseAssignor = balance();
			Map<String, Integer> planned = new TreeMap<>();
			this.workers.values().forEach((wanting) -> wanting.forEach((worker) -> planned.putIfAbsent(worker, 0)));
			this.leases.values()
				.forEach((ofStream) -> ofStream
					.forEach((lease) -> planned.merge(String.valueOf(leaseAssignor.targetOf(lease)), 1, Integer::sum)));
			return planned;
		}

		/**
		 * How many leases have to be asked for.
		 */
		private int moves() {
			LeaseAssignor leaseAssignor = balance();
			return (int) this.leases.values()
				.stream()
				.flatMap(List::stream)
				.filter((lease) -> this.workers.getOrDefault(lease.stream(), Set.of())
					.contains(String.valueOf(lease.owner())))
				.filter((lease) -> !String.valueOf(lease.owner()).equals(leaseAssignor.targetOf(lease)))
				.count();
		}

		private boolean isEvenInEachStream() {
			LeaseAssignor leaseAssignor = balance();
			return this.leases.keySet().stream().allMatch((stream) -> {
				List<Integer> quotas = this.workers.get(stream)
					.stream()
					.map((worker) -> leaseAssignor.quotaOf(stream, worker))
					.sorted()
					.toList();
				return quotas.get(quotas.size() - 1) - quotas.get(0) <= 1;
			});
		}

		private @Nullable String couldBeMoreEven() {
			LeaseAssignor leaseAssignor = balance();
			Map<String, Integer> planned = planned();
			for (String stream : this.leases.keySet()) {
				for (String one : this.workers.get(stream)) {
					for (String other : this.workers.get(stream)) {
						boolean remainder = leaseAssignor.quotaOf(stream, one) > leaseAssignor.quotaOf(stream, other);
						if (remainder && planned.get(one) - planned.get(other) > 1) {
							return stream + ": " + one + " to " + other;
						}
					}
				}
			}
			return null;
		}

		/**
		 * What it is like when all has been done that was planned.
		 */
		private Shares moved() {
			LeaseAssignor leaseAssignor = balance();
			Shares moved = new Shares();
			this.workers.forEach((stream, wanting) -> moved.workers.put(stream, new HashSet<>(wanting)));
			this.leases.values()
				.forEach((ofStream) -> ofStream
					.forEach((lease) -> moved.lease(lease.stream(), leaseAssignor.targetOf(lease))));
			return moved;
		}

	}

}

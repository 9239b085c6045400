package io.kinesisspring.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.SimulatedEventLoop;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Workers on one stream in simulated time, and an eye on what must never be: two workers
 * that may deliver one shard's records at the same moment.
 */
final class SimulatedFleet {

	static final String STREAM = "orders";

	private final SimulatedEventLoop time;

	private final EventLoop network;

	private double failures;

	private final Map<String, ShardDescription> shards = new LinkedHashMap<>();

	private final Map<String, Member> members = new LinkedHashMap<>();

	private final List<String> handOvers = new ArrayList<>();

	final InMemoryLeaseStore store = new InMemoryLeaseStore();

	final Traffic traffic = new Traffic();

	SimulatedFleet(long seed, double failures, int shards) {
		this.time = new SimulatedEventLoop(seed);
		this.network = this.time.another();
		this.failures = failures;
		for (int i = 0; i < shards; i++) {
			add("shard-" + i);
		}
	}

	void add(String shardId, String... parents) {
		this.shards.put(shardId, new ShardDescription(shardId, Set.of(parents), false));
	}

	void close(String shardId) {
		this.shards.computeIfPresent(shardId, (id, shard) -> new ShardDescription(id, shard.parents(), true));
	}

	void calmDown() {
		this.failures = 0;
	}

	Member start(String id) {
		return start(id, Duration.ofSeconds(10));
	}

	Member start(String id, Duration failoverAfter) {
		Member member = new Member(id, failoverAfter);
		this.members.put(id, member);
		member.join();
		return member;
	}

	/**
	 * Let time pass, looking at every step that no shard is delivered by two.
	 */
	void advance(Duration duration) {
		advance(duration, Duration.ofMillis(10));
	}

	void advance(Duration duration, Duration step) {
		for (Duration left = duration; !left.isNegative() && !left.isZero(); left = left.minus(step)) {
			this.time.advance(step);
			check();
		}
	}

	private void check() {
		Map<String, String> delivering = new HashMap<>();
		this.members.forEach((id, member) -> member.forEachValid((lease) -> {
			String other = delivering.put(lease.lease().shardId(), id);
			assertThat(other).as("%s is delivered by %s and %s (seed %s)", lease, id, other, this.time.seed()).isNull();
		}));
	}

	Duration advanceUntilAllShardsAreHeld(Duration limit) {
		Duration begun = this.time.elapsed();
		Duration step = Duration.ofMillis((this.shards.size() > 100) ? 100 : 10);
		while (!allShardsAreHeld()) {
			advance(step, step);
			assertThat(this.time.elapsed().minus(begun)).as("waiting for all shards (seed %s)", this.time.seed())
				.isLessThan(limit);
		}
		return this.time.elapsed().minus(begun);
	}

	void advanceUntil(BooleanSupplier condition) {
		this.time.advanceUntil(condition, Duration.ofMinutes(1));
	}

	private boolean allShardsAreHeld() {
		Set<String> held = new HashSet<>();
		this.members.values().forEach((member) -> member.forEachValid((lease) -> held.add(lease.lease().shardId())));
		return held.containsAll(this.shards.keySet());
	}

	List<Integer> sizes() {
		return this.members.values().stream().map((member) -> member.validShards().size()).sorted().toList();
	}

	List<String> handOvers() {
		return this.handOvers;
	}

	List<String> membersInStore() {
		return this.store.load().join().crews().stream().flatMap((crew) -> crew.members().stream()).toList();
	}

	@Override
	public String toString() {
		Map<String, Set<String>> holding = new HashMap<>();
		this.members.forEach((id, member) -> holding.put(id, member.validShards()));
		return "holding " + holding + ", stored " + this.store.load().join();
	}

	/**
	 * One worker and its process.
	 */
	final class Member implements LeaseHolder {

		private final String id;

		private final EventLoop loop = SimulatedFleet.this.time.another();

		private final UnreliableLeaseStore connection = new UnreliableLeaseStore(SimulatedFleet.this.store,
				SimulatedFleet.this.network, SimulatedFleet.this.time.random(), () -> SimulatedFleet.this.failures,
				SimulatedFleet.this.traffic);

		private final Map<String, HeldLease> held = new LinkedHashMap<>();

		private final LeaseCoordinator coordinator;

		private long checkpoints;

		private Member(String id, Duration failoverAfter) {
			this.id = id;
			this.coordinator = new LeaseCoordinator(id, List.of(STREAM),
					new LeaseOptions(failoverAfter, Integer.MAX_VALUE, InitialPosition.TRIM_HORIZON), this.connection,
					(stream) -> CompletableFuture
						.completedFuture(ShardListing.of(stream, Instant.EPOCH, SimulatedFleet.this.shards.values())),
					this.loop, this);
		}

		/**
		 * A start that fails is tried again, as whoever runs the process would.
		 */
		private void join() {
			this.coordinator.start().whenComplete((started, ex) -> {
				if (ex != null) {
					this.loop.schedule(Duration.ofMillis(500), this::join);
				}
			});
		}

		CompletableFuture<Void> stop() {
			return this.coordinator.stop().thenRun(() -> SimulatedFleet.this.members.remove(this.id));
		}

		/**
		 * The process is killed: nothing of it ever runs again.
		 */
		void kill() {
			this.loop.close();
			SimulatedFleet.this.members.remove(this.id);
		}

		Map<String, Integer> calls() {
			return this.connection.calls();
		}

		void cutOff(boolean cutOff) {
			this.connection.cutOff(cutOff);
		}

		Set<String> validShards() {
			Set<String> shards = new TreeSet<>();
			forEachValid((lease) -> shards.add(lease.lease().shardId()));
			return shards;
		}

		private void forEachValid(Consumer<HeldLease> action) {
			this.held.values().stream().filter(HeldLease::isValid).forEach(action);
		}

		/**
		 * Store the next checkpoint of each shard, as a listener under load would once an
		 * interval.
		 */
		void checkpointAll() {
			long next = ++this.checkpoints;
			List.copyOf(this.held.values())
				.forEach((lease) -> lease.checkpoint(Checkpoint.after(SequenceNumber.of(Long.toString(next)), 0)));
		}

		CompletableFuture<Boolean> checkpoint(String shardId, Checkpoint checkpoint) {
			return this.held.get(shardId).checkpoint(checkpoint);
		}

		@Override
		public void acquired(HeldLease lease) {
			this.held.put(lease.lease().shardId(), lease);
			SimulatedFleet.this.handOvers.add(lease.lease().shardId() + " to " + this.id);
		}

		@Override
		public CompletableFuture<Void> release(HeldLease lease) {
			CompletableFuture<Void> drained = new CompletableFuture<>();
			this.loop.schedule(Duration.ofMillis(100), () -> {
				this.held.remove(lease.lease().shardId(), lease);
				drained.complete(null);
			});
			return drained;
		}

		@Override
		public void lost(HeldLease lease) {
			this.held.remove(lease.lease().shardId(), lease);
		}

	}

}

package io.kinesisspring.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisException;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.SimulatedEventLoop;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Workers on some streams in simulated time, and an eye on what must never be: two
 * workers that may deliver one shard's records at the same moment.
 */
final class SimulatedFleet {

	static final String STREAM = "orders";

	private final SimulatedEventLoop time;

	private final EventLoop network;

	private double failures;

	/** Those whose end has been told, though the answer may not have come. */
	private final Set<HeldLease> ended = new HashSet<>();

	private long checkpoints;

	private final Map<String, Map<String, ShardDescription>> shards = new LinkedHashMap<>();

	/** The shards, by the numbers that they began with, that somebody has read. */
	private final Set<String> read = new HashSet<>();

	private long numbers;

	private Function<String, Collection<ShardDescription>> listing = (stream) -> shardsOf(stream).values();

	private final Map<String, Member> members = new LinkedHashMap<>();

	private final List<String> handovers = new ArrayList<>();

	/** The keys of rows that cannot be read. */
	private final Set<String> damaged = new HashSet<>();

	private int listings;

	private boolean listingFails;

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

	private Map<String, ShardDescription> shardsOf(String stream) {
		return this.shards.computeIfAbsent(stream, (key) -> new LinkedHashMap<>());
	}

	/**
	 * Create a stream, beside the one that is always there, or once more.
	 */
	void create(String stream, int count) {
		shardsOf(stream).clear();
		for (int i = 0; i < count; i++) {
			add(stream, "shard-" + i, Set.of());
		}
	}

	void add(String shardId, String... parents) {
		add(STREAM, shardId, Set.of(parents));
	}

	private void add(String stream, String shardId, Set<String> parents) {
		ShardDescription before = shardsOf(stream).get(shardId);
		SequenceNumber start = (before != null) ? before.start()
				: SequenceNumber.of(Long.toString(++this.numbers * 1_000));
		boolean closed = before != null && before.closed();
		shardsOf(stream).put(shardId, new ShardDescription(shardId, parents, closed, start));
	}

	void close(String shardId) {
		shardsOf(STREAM).computeIfPresent(shardId,
				(id, shard) -> new ShardDescription(id, shard.parents(), true, shard.start()));
	}

	/**
	 * Let the retention period of a shard pass.
	 */
	void forget(String shardId) {
		shardsOf(STREAM).remove(shardId);
	}

	/**
	 * Let the service list what it likes from now on, whatever there is.
	 */
	void list(Function<String, Collection<ShardDescription>> instead) {
		this.listing = instead;
	}

	void listAll() {
		list((stream) -> shardsOf(stream).values());
	}

	List<ShardDescription> listed(String stream) {
		return List.copyOf(shardsOf(stream).values());
	}

	/**
	 * Let nobody be able to read a lease's row any more.
	 */
	void makeUnreadable(String shardId) {
		this.damaged.add(Lease.key(STREAM, shardId));
	}

	void repair() {
		this.damaged.clear();
		this.listingFails = false;
	}

	void failToList() {
		this.listingFails = true;
	}

	int listings() {
		return this.listings;
	}

	private CompletableFuture<ShardListing> list(String stream) {
		this.listings++;
		if (this.listingFails) {
			throw new IllegalStateException("no listing");
		}
		return CompletableFuture.completedFuture(
				ShardListing.of(stream, Instant.EPOCH.plus(this.time.elapsed()), this.listing.apply(stream)));
	}

	/**
	 * The store as it is read.
	 */
	private LeaseStore readable() {
		return new ForwardingLeaseStore(this.store) {

			@Override
			public CompletableFuture<LeaseTable> load() {
				return super.load().thenApply(SimulatedFleet.this::readable);
			}

			@Override
			public CompletableFuture<Optional<Lease>> find(String key) {
				return SimulatedFleet.this.damaged.contains(key)
						? CompletableFuture.failedFuture(new KinesisException("a row that cannot be used"))
						: super.find(key);
			}

		};
	}

	private LeaseTable readable(LeaseTable table) {
		Map<String, KinesisConfigurationException> unreadable = new HashMap<>();
		table.leases()
			.stream()
			.map(Lease::key)
			.filter(this.damaged::contains)
			.forEach((key) -> unreadable.put(key,
					new KinesisConfigurationException("The row '" + key + "' cannot be read", "Delete it")));
		return new LeaseTable(table.leases().stream().filter((lease) -> !this.damaged.contains(lease.key())).toList(),
				table.groups(), unreadable);
	}

	void calmDown() {
		this.failures = 0;
	}

	Member start(String id) {
		return start(id, Duration.ofSeconds(10));
	}

	Member start(String id, Duration failoverAfter) {
		return start(id, failoverAfter, List.of(STREAM), InitialPosition.TRIM_HORIZON);
	}

	Member start(String id, List<String> streams) {
		return start(id, Duration.ofSeconds(10), streams, InitialPosition.TRIM_HORIZON);
	}

	Member start(String id, Duration failoverAfter, List<String> streams, InitialPosition initialPosition) {
		Member member = new Member(id, failoverAfter, streams, initialPosition);
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
		assertThat(membersInStore()).as("in two crews (seed %s)", this.time.seed()).doesNotHaveDuplicates();
	}

	private void check() {
		Map<String, String> delivering = new HashMap<>();
		List<Lease> leases = new ArrayList<>();
		this.members.forEach((id, member) -> member.forEachValid((lease) -> {
			if (!this.ended.contains(lease)) {
				String other = delivering.put(lease.lease().key(), id);
				assertThat(other).as("%s is delivered by %s and %s (seed %s)", lease, id, other, this.time.seed())
					.isNull();
				leases.add(lease.lease());
			}
		}));
		leases.forEach((lease) -> assertThat(parentsOf(lease))
			.as("%s is delivered beside its parents (seed %s)", lease, this.time.seed())
			.doesNotContainAnyElementsOf(delivering.keySet()));
	}

	private Set<String> parentsOf(Lease lease) {
		ShardDescription shard = shardsOf(lease.stream()).get(lease.shardId());
		// Whoever holds the lease of a former stream's shard is about to notice
		return (shard != null && Objects.equals(shard.start(), lease.start())) ? shard.parents()
			.stream()
			.map((parent) -> Lease.key(lease.stream(), parent))
			.collect(Collectors.toSet()) : Set.of();
	}

	/**
	 * Do what the readers of the shards would: end those that are closed or not there any
	 * more, and get on in the others.
	 */
	void readAll() {
		List.copyOf(this.members.values()).forEach((member) -> List.copyOf(member.validShards()).forEach((shardId) -> {
			ShardDescription shard = shardsOf(STREAM).get(shardId);
			if (shard == null || shard.closed() || !member.openShards().contains(shardId)) {
				member.checkpoint(shardId, Checkpoint.SHARD_END);
			}
			else {
				member.checkpoint(shardId, Checkpoint.after(next(shard), 0));
			}
			if (shard != null) {
				this.read.add(String.valueOf(shard.start()));
			}
		}));
	}

	private static SequenceNumber next(ShardDescription shard) {
		return SequenceNumber.of(Long.toString(Long.parseLong(String.valueOf(shard.start())) + 1));
	}

	void stopOne(Random random) {
		List<Member> running = List.copyOf(this.members.values());
		if (running.size() > 1) {
			running.get(random.nextInt(running.size())).stop();
		}
	}

	void assertThatEveryShardIsRead() {
		assertThat(listed(STREAM)).as("seed %s: %s", this.time.seed(), this)
			.allSatisfy((shard) -> assertThat(this.read).contains(String.valueOf(shard.start())));
		Set<String> held = new HashSet<>();
		this.members.values().forEach((member) -> held.addAll(member.openShards()));
		assertThat(held).as("seed %s: %s", this.time.seed(), this)
			.isEqualTo(listed(STREAM).stream()
				.filter((shard) -> !shard.closed())
				.map(ShardDescription::shardId)
				.collect(Collectors.toSet()));
		assertThat(this.store.load().join().leases()).as("seed %s", this.time.seed()).hasSameSizeAs(listed(STREAM));
	}

	/**
	 * A reset of the checkpoints, as an instance makes it that somebody has asked for it.
	 */
	Reset reset(String id, @Nullable String shardId, Checkpoint position, boolean finishedToo) {
		return new Reset(id, shardId, position, finishedToo);
	}

	Lease stored(String shardId) {
		return this.store.find(Lease.key(STREAM, shardId)).join().orElseThrow();
	}

	Duration advanceUntilAllShardsAreHeld(Duration limit) {
		Duration begun = this.time.elapsed();
		Duration step = Duration.ofMillis((shardsOf(STREAM).size() > 100) ? 100 : 10);
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
		this.members.values().forEach((member) -> member.forEachValid((lease) -> held.add(lease.lease().key())));
		return this.shards.entrySet()
			.stream()
			.allMatch((stream) -> stream.getValue()
				.keySet()
				.stream()
				.allMatch((shard) -> held.contains(Lease.key(stream.getKey(), shard))));
	}

	List<Integer> sizes() {
		return this.members.values().stream().map((member) -> member.validShards().size()).sorted().toList();
	}

	/**
	 * How many shards the processes read, whose workers' ids begin alike.
	 */
	List<Integer> sizesOfProcesses() {
		Map<String, Integer> sizes = new TreeMap<>();
		this.members.forEach(
				(id, member) -> sizes.merge(WorkerGroups.processOf(id), member.validShards().size(), Integer::sum));
		return sizes.values().stream().sorted().toList();
	}

	List<String> handovers() {
		return this.handovers;
	}

	List<String> membersInStore() {
		return this.store.load().join().groups().stream().flatMap((group) -> group.members().stream()).toList();
	}

	@Override
	public String toString() {
		Map<String, Set<String>> holding = new HashMap<>();
		this.members.forEach((id, member) -> holding.put(id, member.validShards()));
		return "holding " + holding + ", stored " + this.store.load().join();
	}

	/**
	 * One reset and its process.
	 */
	final class Reset {

		private final EventLoop loop = SimulatedFleet.this.time.another();

		final UnreliableLeaseStore connection;

		final CompletableFuture<Set<String>> done;

		private Reset(String id, @Nullable String shardId, Checkpoint position, boolean finishedToo) {
			this.connection = new UnreliableLeaseStore(readable(), SimulatedFleet.this.network,
					SimulatedFleet.this.time.random(), () -> SimulatedFleet.this.failures, SimulatedFleet.this.traffic)
				.resetting();
			this.done = new LeaseReset(id,
					new LeaseReset.Request(STREAM, shardId, position, finishedToo, Duration.ofSeconds(60)),
					new LeaseOptions(Duration.ofSeconds(10), Integer.MAX_VALUE, InitialPosition.TRIM_HORIZON),
					this.connection, this.loop)
				.run();
		}

		void kill() {
			this.loop.close();
		}

	}

	/**
	 * One worker and its process.
	 */
	final class Member implements LeaseHolder {

		private final String id;

		private final EventLoop loop = SimulatedFleet.this.time.another();

		private final UnreliableLeaseStore connection = new UnreliableLeaseStore(readable(),
				SimulatedFleet.this.network, SimulatedFleet.this.time.random(), () -> SimulatedFleet.this.failures,
				SimulatedFleet.this.traffic);

		private final Map<String, HeldLease> held = new LinkedHashMap<>();

		private final LeaseCoordinator coordinator;

		private final Map<String, Checkpoint> begun = new HashMap<>();

		private boolean hanging;

		private @Nullable Error thrown;

		private @Nullable Throwable failure;

		private Member(String id, Duration failoverAfter, List<String> streams, InitialPosition initialPosition) {
			this.id = id;
			this.coordinator = new LeaseCoordinator(
					new Worker(id, streams, new LeaseOptions(failoverAfter, Integer.MAX_VALUE, initialPosition)),
					this.connection, SimulatedFleet.this::list, this.loop, this);
		}

		/**
		 * A start that fails is tried again, as whoever runs the process would.
		 */
		private void join() {
			this.coordinator.start().whenComplete((started, ex) -> {
				if (ex != null) {
					this.failure = ex;
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

		/**
		 * What its start has failed with.
		 */
		@Nullable Throwable failure() {
			return this.failure;
		}

		UnreliableLeaseStore connection() {
			return this.connection;
		}

		/**
		 * Whatever its coordinator tells it, it throws.
		 */
		void throwing(@Nullable Error error) {
			this.thrown = error;
		}

		private void throwIfRequested() {
			if (this.thrown != null) {
				throw this.thrown;
			}
		}

		/**
		 * Its listener works on a record and does not come to an end.
		 */
		void hang() {
			this.hanging = true;
		}

		Set<String> validShards() {
			Set<String> shards = new TreeSet<>();
			forEachValid((lease) -> shards.add(name(lease)));
			return shards;
		}

		private List<String> openShards() {
			return validShards().stream()
				.filter((name) -> !SimulatedFleet.this.ended.contains(this.held.get(name)))
				.toList();
		}

		/**
		 * The name of a shard, which is its id for the stream that is always there.
		 */
		private static String name(HeldLease lease) {
			return lease.lease().stream().equals(STREAM) ? lease.lease().shardId() : lease.lease().key();
		}

		private void forEachValid(Consumer<HeldLease> action) {
			this.held.values().stream().filter(HeldLease::isValid).forEach(action);
		}

		/**
		 * Store the next checkpoint of each shard, as a listener under load would once an
		 * interval.
		 */
		void checkpointAll() {
			long next = ++SimulatedFleet.this.checkpoints;
			List.copyOf(this.held.values())
				.stream()
				.filter((lease) -> !SimulatedFleet.this.ended.contains(lease))
				.forEach((lease) -> lease.checkpoint(Checkpoint.after(SequenceNumber.of(Long.toString(next)), 0)));
		}

		/**
		 * Where it began to read a shard that it holds.
		 */
		@Nullable Checkpoint begun(String shardId) {
			return validShards().contains(shardId) ? this.begun.get(shardId) : null;
		}

		CompletableFuture<Boolean> checkpoint(String shardId, Checkpoint checkpoint) {
			HeldLease lease = this.held.get(shardId);
			if (checkpoint instanceof Checkpoint.ShardEnd) {
				SimulatedFleet.this.ended.add(lease);
			}
			return lease.checkpoint(checkpoint);
		}

		@Override
		public void acquired(HeldLease lease) {
			throwIfRequested();
			this.held.put(name(lease), lease);
			this.begun.put(name(lease), lease.lease().checkpoint());
			SimulatedFleet.this.handovers.add(name(lease) + " to " + this.id);
		}

		@Override
		public CompletableFuture<Void> release(HeldLease lease) {
			throwIfRequested();
			CompletableFuture<Void> drained = new CompletableFuture<>();
			if (this.hanging) {
				return drained;
			}
			this.loop.schedule(Duration.ofMillis(100), () -> {
				this.held.remove(name(lease), lease);
				drained.complete(null);
			});
			return drained;
		}

		@Override
		public void lost(HeldLease lease) {
			this.held.remove(name(lease), lease);
			throwIfRequested();
		}

		@Override
		public void planned(String stream, int wanted, int free) {
			throwIfRequested();
		}

	}

}

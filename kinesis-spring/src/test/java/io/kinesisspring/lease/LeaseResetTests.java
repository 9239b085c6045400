package io.kinesisspring.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.lease.LeaseResetException.Reason;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.SimulatedEventLoop;
import io.kinesisspring.testing.Seeds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for {@link LeaseReset}, in simulated time with the real protocol.
 */
class LeaseResetTests {

	private static final Checkpoint NOON = new Checkpoint.AtTimestamp(Instant.parse("2026-11-23T12:00:00Z"));

	private final long seed = System.nanoTime();

	@RegisterExtension
	final TestExecutionExceptionHandler seedOnFailure = (test, ex) -> {
		throw new AssertionError("seed " + this.seed + ": " + ex.getMessage(), ex);
	};

	private final SimulatedFleet fleet = new SimulatedFleet(this.seed, 0, 4);

	private SimulatedFleet.Member start(String id) {
		SimulatedFleet.Member member = this.fleet.start(id);
		this.fleet.advance(Duration.ofSeconds(15));
		member.checkpointAll();
		this.fleet.advance(Duration.ofSeconds(1));
		return member;
	}

	private SimulatedFleet.Reset reset(String id, String shardId, Checkpoint position, boolean finishedToo) {
		SimulatedFleet.Reset reset = this.fleet.reset(id, shardId, position, finishedToo);
		this.fleet.advanceUntil(reset.done::isDone);
		return reset;
	}

	private Reason reasonOfFailure(SimulatedFleet.Reset reset) {
		CompletionException ex = catchThrowableOfType(CompletionException.class, reset.done::join);
		assertThat(ex).hasCauseInstanceOf(LeaseResetException.class);
		return ((LeaseResetException) ex.getCause()).getReason();
	}

	@Test
	void resetsAllShardsOfAllInstances() {
		SimulatedFleet.Member a = start("a");
		SimulatedFleet.Member b = start("b");
		SimulatedFleet.Reset reset = reset("reset", null, NOON, true);
		assertThat(reset.done).isCompletedWithValue(Set.of("shard-0", "shard-1", "shard-2", "shard-3"));
		this.fleet.advance(Duration.ofSeconds(20));
		assertThat(List.of(a, b)).allSatisfy((member) -> assertThat(member.validShards()).hasSize(2)
			.allSatisfy((shard) -> assertThat(member.begun(shard)).isEqualTo(NOON)));
		assertThat(this.fleet.membersInStore()).as("nothing is left of it").containsExactlyInAnyOrder("a-1", "b-1");
		assertThat(this.fleet.store.load().join().groups()).hasSize(1);
	}

	@Test
	void resetsOneShardAndNoOther() {
		start("a");
		List<String> before = List.copyOf(this.fleet.handovers());
		SimulatedFleet.Reset reset = reset("reset", "shard-2", Checkpoint.TRIM_HORIZON, true);
		assertThat(reset.done).isCompletedWithValue(Set.of("shard-2"));
		this.fleet.advance(Duration.ofSeconds(20));
		List<String> after = new ArrayList<>(this.fleet.handovers());
		before.forEach(after::remove);
		assertThat(after).containsExactly("shard-2 to a");
		assertThat(this.fleet.stored("shard-2").checkpoint()).isEqualTo(Checkpoint.TRIM_HORIZON);
		assertThat(this.fleet.stored("shard-1").checkpoint()).isInstanceOf(Checkpoint.After.class);
	}

	@Test
	void overwritesTheCheckpointOfTheOwnerAndRejectsItsLaterWrites() {
		SimulatedFleet.Member owner = start("a");
		SimulatedFleet.Reset reset = this.fleet.reset("reset", null, Checkpoint.TRIM_HORIZON, true);
		Lease held = this.fleet.stored("shard-0");
		while (!reset.done.isDone()) {
			owner.checkpointAll();
			this.fleet.advance(Duration.ofMillis(50));
		}
		Lease late = held.advanced(Checkpoint.after(SequenceNumber.of("999"), 0), Long.MAX_VALUE);
		assertThat(this.fleet.store.checkpoint(late).join()).as("arrives minutes later").isFalse();
		this.fleet.advanceUntilAllShardsAreHeld(Duration.ofSeconds(20));
		assertThat(owner.begun("shard-0")).isEqualTo(Checkpoint.TRIM_HORIZON);
	}

	@Test
	void resetsTheShardsOfADeadInstanceOnceItCountsAsDead() {
		start("a").kill();
		SimulatedFleet.Reset reset = reset("reset", null, NOON, true);
		assertThat(reset.done).isCompleted();
		assertThat(this.fleet.store.load().join().leases())
			.allSatisfy((lease) -> assertThat(lease.checkpoint()).isEqualTo(NOON))
			.allSatisfy((lease) -> assertThat(lease.owner()).isNull());
	}

	/**
	 * A scan reads the heartbeats of an owner that counts as dead, then the owner comes
	 * back and claims its lease anew, and then the scan reads the lease.
	 */
	@Test
	void claimsNoLeaseThatAnOwnerClaimedAfterItsHeartbeatWasRead() {
		SimulatedEventLoop loop = new SimulatedEventLoop(1);
		InMemoryLeaseStore store = new InMemoryLeaseStore();
		LeaseOptions options = new LeaseOptions(Duration.ofSeconds(10), 10, InitialPosition.TRIM_HORIZON);
		Lease free = Lease.initial("orders", "shard-0", Checkpoint.TRIM_HORIZON, Set.of());
		store.create(free).join();
		store.join(0, "a", List.of("orders"), options.timeout()).join();
		Lease held = store.claim(free, "a").join().orElseThrow();
		AtomicReference<Lease> reclaimed = new AtomicReference<>();
		LeaseStore torn = new ForwardingLeaseStore(store) {
			@Override
			public CompletableFuture<LeaseTable> load() {
				if (reclaimed.get() == null && loop.elapsed().compareTo(options.timeout()) >= 0) {
					store.release(held).join();
					reclaimed.set(store.claim(held.released(), "a").join().orElseThrow());
					heartbeatOn(loop, store, "a");
				}
				return super.load();
			}
		};
		LeaseReset.Request request = new LeaseReset.Request("orders", null, NOON, true, Duration.ofSeconds(20));
		CompletableFuture<Set<String>> done = new LeaseReset("reset", request, options, torn, loop).run();
		loop.advance(Duration.ofSeconds(30));
		assertThat(done).isCompletedExceptionally();
		assertThat(store.load().join().leases()).containsExactly(reclaimed.get());
	}

	private static void heartbeatOn(EventLoop loop, WorkerGroupStore store, String worker) {
		loop.schedule(Duration.ofMillis(100), () -> {
			store.heartbeat(0, worker, List.of());
			heartbeatOn(loop, store, worker);
		});
	}

	@Test
	void resetsTheShardsOfAStoppedApplication() {
		SimulatedFleet.Member only = start("a");
		this.fleet.advanceUntil(only.stop()::isDone);
		assertThat(reset("reset", null, NOON, true).done).isCompleted();
		SimulatedFleet.Member next = start("b");
		assertThat(next.begun("shard-3")).isEqualTo(NOON);
	}

	@Test
	void workersContinueWhenAResetDiesAndItCanBeRepeated() {
		SimulatedFleet.Member a = start("a");
		SimulatedFleet.Reset reset = this.fleet.reset("reset", null, NOON, true);
		this.fleet.advanceUntil(() -> this.fleet.store.load()
			.join()
			.leases()
			.stream()
			.anyMatch((lease) -> NOON.equals(lease.checkpoint())));
		reset.kill();
		this.fleet.advanceUntilAllShardsAreHeld(Duration.ofSeconds(15));
		assertThat(a.validShards()).hasSize(4);
		SimulatedFleet.Reset repeated = reset("repeated", null, NOON, true);
		assertThat(repeated.done).isCompleted();
		this.fleet.advanceUntilAllShardsAreHeld(Duration.ofSeconds(15));
		assertThat(a.validShards()).allSatisfy((shard) -> assertThat(a.begun(shard)).isEqualTo(NOON));
		this.fleet.advance(Duration.ofMinutes(3));
		assertThat(this.fleet.membersInStore()).containsExactly("a-1");
	}

	@Test
	void failsWithoutChangesWhileAnotherResetRuns() {
		start("a").hang();
		SimulatedFleet.Reset first = this.fleet.reset("first", null, NOON, true);
		this.fleet.advance(Duration.ofSeconds(1));
		SimulatedFleet.Reset second = this.fleet.reset("second", null, NOON, true);
		this.fleet.advanceUntil(second.done::isDone);
		assertThat(first.done).as("waits for its leases").isNotDone();
		assertThat(reasonOfFailure(second)).isEqualTo(Reason.BUSY);
		assertThat(this.fleet.store.load().join().leases()).noneMatch((lease) -> NOON.equals(lease.checkpoint()));
	}

	@Test
	void atMostOneOfTwoConcurrentResetsRuns() {
		start("a");
		SimulatedFleet.Reset first = this.fleet.reset("first", null, NOON, true);
		SimulatedFleet.Reset second = this.fleet.reset("second", null, Checkpoint.TRIM_HORIZON, true);
		this.fleet.advanceUntil(() -> first.done.isDone() && second.done.isDone());
		assertThat(List.of(first, second).stream().filter((reset) -> !reset.done.isCompletedExceptionally()))
			.hasSizeLessThanOrEqualTo(1);
		this.fleet.advanceUntilAllShardsAreHeld(Duration.ofSeconds(15));
		assertThat(reset("third", null, NOON, true).done).isCompleted();
	}

	@Test
	void failsWithoutChangesWhenAnOwnerDoesNotReleaseItsLease() {
		SimulatedFleet.Member hanging = start("a");
		hanging.hang();
		SimulatedFleet.Reset reset = this.fleet.reset("reset", null, NOON, true);
		this.fleet.advance(Duration.ofSeconds(70));
		assertThat(reasonOfFailure(reset)).isEqualTo(Reason.NOT_RELEASED);
		assertThat(reset.done.handle((done, ex) -> ex.getMessage()).join()).contains("shard-0 of a-1");
		assertThat(this.fleet.store.load().join().leases()).noneMatch((lease) -> NOON.equals(lease.checkpoint()));
	}

	@Test
	void failsForAStreamWithoutLeases() {
		assertThat(reasonOfFailure(reset("reset", null, NOON, true))).isEqualTo(Reason.NOTHING_TO_RESET);
		start("a");
		assertThat(reasonOfFailure(reset("reset", "shard-99", NOON, true))).isEqualTo(Reason.NOTHING_TO_RESET);
	}

	@Test
	void resetsAFinishedShardAndItsChildrenWait() {
		SimulatedFleet.Member a = start("a");
		split(a, "shard-0");
		assertThat(a.validShards()).contains("child-0", "child-1");
		a.checkpointAll();
		this.fleet.advance(Duration.ofSeconds(1));
		Checkpoint reached = this.fleet.stored("child-0").checkpoint();
		assertThat(reset("reset", "shard-0", Checkpoint.TRIM_HORIZON, true).done)
			.isCompletedWithValue(Set.of("shard-0"));
		this.fleet.advance(Duration.ofSeconds(30));
		assertThat(a.begun("shard-0")).isEqualTo(Checkpoint.TRIM_HORIZON);
		assertThat(a.validShards()).doesNotContain("child-0", "child-1");
		a.checkpoint("shard-0", Checkpoint.SHARD_END);
		this.fleet.advance(Duration.ofSeconds(5));
		assertThat(a.begun("child-0")).as("goes on where it was").isEqualTo(reached);
	}

	@Test
	void resetsAStreamFromItsOldestShards() {
		SimulatedFleet.Member a = start("a");
		split(a, "shard-0");
		a.checkpointAll();
		assertThat(reset("reset", null, Checkpoint.TRIM_HORIZON, true).done.join()).contains("shard-0", "child-0");
		this.fleet.advance(Duration.ofSeconds(30));
		assertThat(a.validShards()).containsExactly("shard-0", "shard-1", "shard-2", "shard-3");
		a.checkpoint("shard-0", Checkpoint.SHARD_END);
		this.fleet.advance(Duration.ofSeconds(5));
		assertThat(a.begun("child-0")).isEqualTo(Checkpoint.TRIM_HORIZON);
	}

	@Test
	void keepsFinishedShardsFinishedIfRequested() {
		SimulatedFleet.Member a = start("a");
		split(a, "shard-0");
		assertThat(reset("reset", null, NOON, false).done.join()).doesNotContain("shard-0").contains("child-0");
		assertThat(this.fleet.stored("shard-0").isFinished()).isTrue();
		assertThat(reasonOfFailure(reset("again", "shard-0", NOON, false))).isEqualTo(Reason.NOTHING_TO_RESET);
	}

	private void split(SimulatedFleet.Member owner, String shard) {
		this.fleet.close(shard);
		this.fleet.add("child-0", shard);
		this.fleet.add("child-1", shard);
		owner.checkpoint(shard, Checkpoint.SHARD_END);
		this.fleet.advance(Duration.ofSeconds(5));
	}

	static LongStream seeds() {
		return new Random().longs(Seeds.count(60));
	}

	/**
	 * Workers come, go and die, calls and answers are lost, shards are split, resets come
	 * again and again and die, too. At every step no shard is delivered by two, and none
	 * beside its parents; in the end a reset does what it says.
	 */
	@ParameterizedTest
	@MethodSource("seeds")
	void survivesAStorm(long seed) {
		SimulatedFleet stormy = new SimulatedFleet(seed, 0.05, 3);
		Random chance = new Random(seed);
		List<SimulatedFleet.Member> members = new ArrayList<>();
		for (int event = 0; event < 25; event++) {
			switch (chance.nextInt(6)) {
				case 0, 1 -> members.add(stormy.start("w" + event));
				case 2 -> {
					if (!members.isEmpty()) {
						members.remove(0).kill();
					}
				}
				case 3 -> stormy.reset("r" + event, null, Checkpoint.TRIM_HORIZON, true);
				case 4 -> {
					SimulatedFleet.Reset dying = stormy.reset("r" + event, null, NOON, chance.nextBoolean());
					stormy.advance(Duration.ofMillis(chance.nextInt(8000)));
					dying.kill();
				}
				default -> members.forEach((member) -> finishAndSplit(stormy, member));
			}
			for (int i = 0; i < 5; i++) {
				members.forEach(SimulatedFleet.Member::checkpointAll);
				stormy.advance(Duration.ofMillis(chance.nextInt(1500)));
			}
		}
		stormy.calmDown();
		stormy.start("last");
		stormy.advance(Duration.ofMinutes(3));
		SimulatedFleet.Reset reset = stormy.reset("reset", null, NOON, true);
		stormy.advance(Duration.ofSeconds(70));
		assertThat(reset.done).as("seed %s", seed).isCompleted();
		assertThat(stormy.store.load().join().leases()).as("seed %s", seed)
			.allSatisfy((lease) -> assertThat(lease.checkpoint()).isEqualTo(NOON));
	}

	private static void finishAndSplit(SimulatedFleet fleet, SimulatedFleet.Member member) {
		member.validShards().stream().findFirst().ifPresent((shard) -> {
			fleet.close(shard);
			fleet.add(shard + "l", shard);
			fleet.add(shard + "r", shard);
			member.checkpoint(shard, Checkpoint.SHARD_END);
		});
	}

}

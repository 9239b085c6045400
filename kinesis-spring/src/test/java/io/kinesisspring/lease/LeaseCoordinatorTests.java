package io.kinesisspring.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.testing.Seeds;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LeaseCoordinator}, in simulated time with the real protocol.
 */
class LeaseCoordinatorTests {

	private static final Duration FAILOVER = Duration.ofSeconds(10);

	private final long seed = System.nanoTime();

	@RegisterExtension
	final TestExecutionExceptionHandler seedOnFailure = (test, ex) -> {
		throw new AssertionError("seed " + this.seed + ": " + ex.getMessage(), ex);
	};

	private final SimulatedFleet fleet = new SimulatedFleet(this.seed, 0, 8);

	@Test
	void startsAtOnceWithAnEmptyTable() {
		this.fleet.start("a");
		assertThat(this.fleet.advanceUntilAllShardsAreHeld(Duration.ofSeconds(5))).isLessThan(Duration.ofSeconds(3));
	}

	@Test
	void sharesTheShardsAmongWorkersThatStartAtOnce() {
		this.fleet.start("a");
		this.fleet.start("b");
		this.fleet.start("c");
		this.fleet.advance(Duration.ofSeconds(5));
		assertThat(this.fleet.sizes()).containsExactly(2, 3, 3);
	}

	@Test
	void sharesWithALatecomerWithinTwoRoundsAndThenMovesNothing() {
		this.fleet.start("a");
		this.fleet.advanceUntilAllShardsAreHeld(Duration.ofSeconds(5));
		this.fleet.start("b");
		this.fleet.advance(Duration.ofSeconds(5));
		assertThat(this.fleet.sizes()).containsExactly(4, 4);
		int settled = this.fleet.handovers().size();
		this.fleet.advance(Duration.ofMinutes(5));
		assertThat(this.fleet.handovers()).hasSize(settled);
	}

	@Test
	void takesOverFromAWorkerThatStopsWithinTwoSeconds() {
		SimulatedFleet.Member leaving = this.fleet.start("a");
		this.fleet.advanceUntilAllShardsAreHeld(Duration.ofSeconds(5));
		this.fleet.start("b");
		this.fleet.advance(Duration.ofSeconds(3));
		CompletableFuture<Void> stopped = leaving.stop();
		this.fleet.advanceUntil(stopped::isDone);
		assertThat(this.fleet.advanceUntilAllShardsAreHeld(FAILOVER)).isBetween(Duration.ofMillis(10),
				Duration.ofSeconds(2));
		assertThat(this.fleet.membersInStore()).containsExactly("b-1");
	}

	@Test
	void takesOverFromTheOnlyWorkerOfAGroupThatStopsWithinTwoSeconds() {
		SimulatedFleet large = new SimulatedFleet(this.seed, 0, 34);
		IntStream.range(0, WorkerGroup.MAX_MEMBERS).forEach((worker) -> large.start("a" + worker));
		large.advanceUntilAllShardsAreHeld(Duration.ofSeconds(5));
		SimulatedFleet.Member alone = large.start("b");
		large.advance(Duration.ofMinutes(1));
		assertThat(large.store.workerGroups().readGroup(1, true).join().orElseThrow().members()).containsExactly("b-1");
		assertThat(large.sizes()).containsOnly(2);
		CompletableFuture<Void> stopped = alone.stop();
		large.advanceUntil(stopped::isDone);
		assertThat(large.advanceUntilAllShardsAreHeld(FAILOVER)).isLessThan(Duration.ofSeconds(2));
	}

	@Test
	void detectsTheOnlyWorkerOfAGroupThatStoppedWithoutLeaving() {
		SimulatedFleet large = new SimulatedFleet(this.seed, 0, 34);
		IntStream.range(0, WorkerGroup.MAX_MEMBERS).forEach((worker) -> large.start("a" + worker));
		large.advanceUntilAllShardsAreHeld(Duration.ofSeconds(5));
		SimulatedFleet.Member alone = large.start("b");
		large.advance(Duration.ofMinutes(1));
		alone.kill();
		large.store.load().join().leases().forEach((lease) -> {
			if ("b-1".equals(lease.owner())) {
				large.store.release(lease).join();
			}
		});
		large.store.workerGroups().leave(1, "b-1").join();
		large.store.workerGroups().removeGroup(1).join();
		assertThat(large.advanceUntilAllShardsAreHeld(FAILOVER.multipliedBy(3))).isLessThan(FAILOVER.dividedBy(2));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 50, 100, 200, 400, 600, 800, 1_000, 1_200 })
	void holdsNoLeaseWhenStoppedDuringItsStart(int millis) {
		SimulatedFleet.Member hasty = this.fleet.start("a");
		this.fleet.advance(Duration.ofMillis(millis));
		CompletableFuture<Void> stopped = hasty.stop();
		this.fleet.advanceUntil(stopped::isDone);
		hasty.kill();
		assertThat(this.fleet.store.load().join().leases()).allSatisfy((lease) -> assertThat(lease.owner()).isNull());
	}

	@ParameterizedTest
	@MethodSource("timesOfReads")
	void holdsNoLeaseWhenStoppedDuringAHandover(int millis) {
		this.fleet.start("a");
		this.fleet.advance(Duration.ofSeconds(5));
		SimulatedFleet.Member hasty = this.fleet.start("b");
		this.fleet.advance(Duration.ofMillis(millis));
		CompletableFuture<Void> stopped = hasty.stop();
		this.fleet.advanceUntil(stopped::isDone);
		hasty.kill();
		assertThat(this.fleet.store.load().join().leases())
			.allSatisfy((lease) -> assertThat(lease.owner()).isNotEqualTo("b-1"));
	}

	static IntStream timesOfReads() {
		return IntStream.iterate(400, (millis) -> millis < 4_000, (millis) -> millis + 20);
	}

	@Test
	void takesOverFromAWorkerThatWasKilledWithinTheFailoverTimeAndTwoSeconds() {
		SimulatedFleet.Member dying = this.fleet.start("a");
		this.fleet.start("b");
		this.fleet.advance(Duration.ofSeconds(5));
		dying.kill();
		assertThat(this.fleet.advanceUntilAllShardsAreHeld(Duration.ofMinutes(1))).isBetween(FAILOVER.dividedBy(2),
				FAILOVER.plusSeconds(2));
	}

	@Test
	void stopsDeliveringBeforeOthersTakeOverWhenTheStoreIsUnreachableAndRecovers() {
		SimulatedFleet.Member island = this.fleet.start("a");
		this.fleet.start("b");
		this.fleet.advance(Duration.ofSeconds(5));
		island.cutOff(true);
		// Its last heartbeat may be 2.5 seconds old, and its timeout is 7.5
		this.fleet.advance(Duration.ofSeconds(4));
		assertThat(island.validShards()).as("goes on with what it holds").hasSize(4);
		this.fleet.advance(Duration.ofSeconds(11));
		assertThat(island.validShards()).isEmpty();
		assertThat(this.fleet.sizes()).containsExactly(0, 8);
		island.cutOff(false);
		// The back-off of its last failed call may be 15 seconds
		this.fleet.advance(Duration.ofSeconds(30));
		assertThat(this.fleet.sizes()).containsExactly(4, 4);
	}

	@Test
	void rejectsTheCheckpointOfAWorkerThatLostItsLease() {
		SimulatedFleet.Member alone = this.fleet.start("a");
		this.fleet.advanceUntilAllShardsAreHeld(Duration.ofSeconds(5));
		Lease stolen = this.fleet.store.load().join().leases().get(0);
		this.fleet.store.workerGroups()
			.join(0, "thief", List.of(SimulatedFleet.STREAM), Duration.ofMillis(7500))
			.join();
		this.fleet.store.claim(stolen, "thief").join();
		CompletableFuture<Boolean> write = alone.checkpoint(stolen.shardId(),
				Checkpoint.after(SequenceNumber.of("7"), 0));
		this.fleet.advance(Duration.ofSeconds(1));
		assertThat(write).isCompletedWithValue(false);
		assertThat(alone.validShards()).doesNotContain(stolen.shardId());
	}

	@ParameterizedTest
	@ValueSource(strings = { "a", "b" })
	void resumesALeaseThatItTookForLostAndStillOwns(String mistaken) {
		Map<String, SimulatedFleet.Member> members = Map.of("a", this.fleet.start("a"), "b", this.fleet.start("b"));
		this.fleet.advance(Duration.ofSeconds(5));
		SimulatedFleet.Member member = members.get(mistaken);
		String shard = member.validShards().iterator().next();
		Lease mine = this.fleet.store.find(Lease.key(SimulatedFleet.STREAM, shard)).join().orElseThrow();
		Checkpoint checkpoint = Checkpoint.after(SequenceNumber.of("7"), 0);
		this.fleet.store.checkpoint(mine.advanced(checkpoint, 100)).join();
		CompletableFuture<Boolean> checkpointed = member.checkpoint(shard, checkpoint);
		this.fleet.advanceUntil(checkpointed::isDone);
		assertThat(checkpointed).isCompletedWithValue(false);
		assertThat(this.fleet.advanceUntilAllShardsAreHeld(FAILOVER)).isBetween(Duration.ofMillis(10),
				Duration.ofSeconds(2));
	}

	@Test
	void startsChildrenOnlyAfterTheirParentIsFinished() {
		SimulatedFleet.Member alone = this.fleet.start("a");
		this.fleet.advanceUntilAllShardsAreHeld(Duration.ofSeconds(5));
		this.fleet.close("shard-0");
		this.fleet.add("shard-8", "shard-0");
		this.fleet.add("shard-9", "shard-0");
		this.fleet.advance(Duration.ofMinutes(2));
		assertThat(alone.validShards()).contains("shard-0").doesNotContain("shard-8", "shard-9");
		alone.checkpoint("shard-0", Checkpoint.SHARD_END);
		this.fleet.advance(Duration.ofSeconds(2));
		assertThat(alone.validShards()).contains("shard-8", "shard-9").doesNotContain("shard-0");
	}

	@Test
	void finishesBothParentsOfAMergeFirst() {
		SimulatedFleet.Member alone = this.fleet.start("a");
		this.fleet.advanceUntilAllShardsAreHeld(Duration.ofSeconds(5));
		this.fleet.close("shard-0");
		this.fleet.close("shard-1");
		this.fleet.add("shard-8", "shard-0", "shard-1");
		alone.checkpoint("shard-0", Checkpoint.SHARD_END);
		this.fleet.advance(Duration.ofSeconds(5));
		assertThat(alone.validShards()).doesNotContain("shard-8");
		alone.checkpoint("shard-1", Checkpoint.SHARD_END);
		this.fleet.advance(Duration.ofSeconds(2));
		assertThat(alone.validShards()).contains("shard-8");
	}

	@Test
	void doesNotWaitForFinishedParentsWithoutALease() {
		this.fleet.store
			.create(Lease.initial(SimulatedFleet.STREAM, "shard-8", Checkpoint.TRIM_HORIZON, Set.of("forgotten")))
			.join();
		SimulatedFleet.Member alone = this.fleet.start("a");
		this.fleet.advance(Duration.ofSeconds(5));
		assertThat(alone.validShards()).contains("shard-8");
	}

	@ParameterizedTest
	@ValueSource(ints = { 4, 100 })
	@Tag("thorough")
	void callsTheStoreEquallyOftenForAnyNumberOfShards(int shards) {
		SimulatedFleet idle = new SimulatedFleet(this.seed, 0, shards);
		SimulatedFleet.Member alone = idle.start("a");
		idle.advanceUntilAllShardsAreHeld(Duration.ofSeconds(20));
		idle.advance(Duration.ofSeconds(10));
		alone.calls().clear();
		idle.advance(Duration.ofMinutes(1));
		assertThat(alone.calls()).containsOnlyKeys("heartbeat", "load");
		assertThat(alone.calls().get("heartbeat")).isBetween(23, 25);
		assertThat(alone.calls().get("load")).isBetween(2, 6);
	}

	/**
	 * A setting that is changed instance by instance must not make the quick ones bury
	 * the slow ones.
	 */
	@Test
	void judgesEachWorkerByTheTimeoutOfItsGroup() {
		SimulatedFleet.Member slow = this.fleet.start("slow", Duration.ofSeconds(60));
		this.fleet.advance(Duration.ofSeconds(5));
		this.fleet.start("quick", Duration.ofSeconds(2));
		this.fleet.advance(Duration.ofSeconds(40));
		assertThat(this.fleet.sizes()).containsExactly(4, 4);
		int settled = this.fleet.handovers().size();
		this.fleet.advance(Duration.ofMinutes(5));
		assertThat(this.fleet.handovers()).hasSize(settled);
		slow.kill();
		assertThat(this.fleet.advanceUntilAllShardsAreHeld(Duration.ofMinutes(2))).isBetween(Duration.ofSeconds(30),
				Duration.ofSeconds(62));
	}

	@Test
	void evictsWorkersThatHaveLongBeenDead() {
		this.fleet.start("a").kill();
		this.fleet.start("b").kill();
		SimulatedFleet.Member dead = this.fleet.start("c");
		this.fleet.advance(Duration.ofSeconds(3));
		dead.kill();
		this.fleet.start("d");
		this.fleet.advance(FAILOVER.multipliedBy(12));
		assertThat(this.fleet.membersInStore()).containsExactly("d-1");
	}

	static LongStream storms() {
		return Seeds.of(200);
	}

	/**
	 * Workers come, go, die and lose their connections while calls are slow, fail and
	 * lose their answers. The fleet looks all the time that no shard is delivered by two.
	 */
	@ParameterizedTest
	@MethodSource("storms")
	void neverDeliversAShardOnTwoWorkersAndConvergesAfterTheStorm(long stormSeed) {
		SimulatedFleet storm = new SimulatedFleet(stormSeed, 0.1, 12);
		Random random = new Random(stormSeed);
		List<SimulatedFleet.Member> members = new ArrayList<>();
		Set<SimulatedFleet.Member> islands = new HashSet<>();
		for (int event = 0; event < 30; event++) {
			switch (random.nextInt(5)) {
				case 0, 1 -> members.add(storm.start("w" + event, Duration.ofSeconds(9 + random.nextInt(3))));
				case 2 -> pick(members, random).ifPresent(SimulatedFleet.Member::stop);
				case 3 -> pick(members, random).ifPresent(SimulatedFleet.Member::kill);
				default -> members.stream().filter((member) -> random.nextInt(3) == 0).forEach((member) -> {
					boolean cutOff = islands.add(member) || !islands.remove(member);
					member.cutOff(cutOff);
				});
			}
			storm.advance(Duration.ofMillis(random.nextInt(8_000)));
		}
		islands.forEach((member) -> member.cutOff(false));
		storm.calmDown();
		storm.start("last");
		storm.advance(Duration.ofSeconds(75));
		assertThat(storm.sizes().stream().mapToInt(Integer::intValue).sum()).as("seed %s: %s", stormSeed, storm)
			.isEqualTo(12);
	}

	/**
	 * Crews fill up while answers are lost and calls are sent twice: the fleet looks that
	 * nobody is in two.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 })
	void joinsNoWorkerToTwoGroups(int number) {
		SimulatedFleet full = new SimulatedFleet(number, 0.15, 8);
		IntStream.range(0, 40).forEach((worker) -> {
			full.start("w" + worker);
			full.advance(Duration.ofMillis(100));
		});
		full.advance(Duration.ofSeconds(20));
		assertThat(full.store.load().join().groups()).hasSizeGreaterThan(2);
	}

	private static Optional<SimulatedFleet.Member> pick(List<SimulatedFleet.Member> members, Random random) {
		return members.isEmpty() ? Optional.empty() : Optional.of(members.remove(random.nextInt(members.size())));
	}

}

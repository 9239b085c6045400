package io.kinesisspring.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;

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
 * Tests for what becomes of leases when their stream is deleted and created again under
 * its name, and when the service forgets shards or lists them wrongly.
 */
class RecreatedStreamsTests {

	private static final Duration STEP = Duration.ofMillis(100);

	private static final Checkpoint IN_THE_FORMER = Checkpoint.after(SequenceNumber.of("1500"), 0);

	private final long seed = System.nanoTime();

	@RegisterExtension
	final TestExecutionExceptionHandler seedOnFailure = (test, ex) -> {
		throw new AssertionError("seed " + this.seed + ": " + ex.getMessage(), ex);
	};

	private final SimulatedFleet fleet = new SimulatedFleet(this.seed, 0, 1);

	private SimulatedFleet.Member finishTheFirstShard() {
		SimulatedFleet.Member member = this.fleet.start("a");
		this.fleet.advanceUntilAllShardsAreHeld(Duration.ofSeconds(5));
		split("shard-0", "shard-1", "shard-2");
		member.checkpoint("shard-0", Checkpoint.SHARD_END);
		this.fleet.advance(Duration.ofSeconds(3));
		assertThat(member.validShards()).containsExactly("shard-1", "shard-2");
		return member;
	}

	private void split(String shardId, String one, String other) {
		this.fleet.close(shardId);
		this.fleet.add(one, shardId);
		this.fleet.add(other, shardId);
	}

	private void restart(SimulatedFleet.Member member, Runnable meanwhile) {
		this.fleet.advanceUntil(member.stop()::isDone);
		meanwhile.run();
		this.fleet.start("b");
	}

	@Test
	void readsAShardWhoseLeaseWasFinishedInTheFormerStream() {
		SimulatedFleet.Member member = finishTheFirstShard();
		this.fleet.create(SimulatedFleet.STREAM, 1);
		this.fleet.advance(Duration.ofSeconds(90), STEP);
		assertThat(member.begun("shard-0")).isEqualTo(Checkpoint.TRIM_HORIZON);
	}

	@Test
	void readsAStreamAtOnceThatWasRecreatedWhileNoWorkerRan() {
		restart(finishTheFirstShard(), () -> this.fleet.create(SimulatedFleet.STREAM, 1));
		this.fleet.advance(Duration.ofSeconds(5));
		assertThat(this.fleet.stored("shard-0").owner()).isEqualTo("b-1");
		assertThat(this.fleet.stored("shard-0").checkpoint()).isEqualTo(Checkpoint.TRIM_HORIZON);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 4, 8 })
	void readsAllOfTheNewStreamFromItsBeginningHoweverManyShardsItHas(int shards) {
		SimulatedFleet.Member member = finishTheFirstShard();
		member.checkpoint("shard-1", IN_THE_FORMER);
		this.fleet.advance(Duration.ofSeconds(1));
		restart(member, () -> this.fleet.create(SimulatedFleet.STREAM, shards));
		this.fleet.advance(Duration.ofSeconds(10));
		for (ShardDescription shard : this.fleet.listed(SimulatedFleet.STREAM)) {
			Lease lease = this.fleet.stored(shard.shardId());
			assertThat(lease.owner()).as("seed %s", this.seed).isEqualTo("b-1");
			assertThat(lease.checkpoint()).isEqualTo(Checkpoint.TRIM_HORIZON);
			assertThat(lease.start()).isEqualTo(shard.start());
		}
	}

	@Test
	void losesNothingOfTheNewStreamAtLatest() {
		SimulatedFleet.Member member = this.fleet.start("a", Duration.ofSeconds(10), List.of(SimulatedFleet.STREAM),
				InitialPosition.LATEST);
		this.fleet.advanceUntilAllShardsAreHeld(Duration.ofSeconds(5));
		this.fleet.advanceUntil(member.stop()::isDone);
		this.fleet.create(SimulatedFleet.STREAM, 3);
		this.fleet.start("b", Duration.ofSeconds(10), List.of(SimulatedFleet.STREAM), InitialPosition.LATEST);
		this.fleet.advance(Duration.ofSeconds(10));
		assertThat(this.fleet.listed(SimulatedFleet.STREAM))
			.allSatisfy((shard) -> assertThat(this.fleet.stored(shard.shardId()).checkpoint())
				.isEqualTo(Checkpoint.TRIM_HORIZON));
	}

	/**
	 * Whoever reads the shards of the former stream ends them when the service does not
	 * list them any more. Shards of their ids may come again when the new stream is
	 * split.
	 */
	@Test
	void aLaterShardOfTheNewStreamInheritsNothing() {
		SimulatedFleet.Member member = finishTheFirstShard();
		this.fleet.create(SimulatedFleet.STREAM, 1);
		member.checkpoint("shard-1", Checkpoint.SHARD_END);
		member.checkpoint("shard-2", Checkpoint.SHARD_END);
		this.fleet.advance(Duration.ofSeconds(90), STEP);
		split("shard-0", "shard-1", "shard-2");
		member.checkpoint("shard-0", Checkpoint.SHARD_END);
		this.fleet.advance(Duration.ofSeconds(5));
		assertThat(member.validShards()).containsExactly("shard-1", "shard-2");
		assertThat(this.fleet.stored("shard-1").parents()).containsExactly("shard-0");
	}

	@Test
	void readsTheNewStreamsParentsBeforeTheirChildren() {
		restart(finishTheFirstShard(), () -> {
			this.fleet.create(SimulatedFleet.STREAM, 1);
			split("shard-0", "shard-1", "shard-2");
			split("shard-2", "shard-3", "shard-4");
		});
		this.fleet.advance(Duration.ofMinutes(2), STEP);
		assertThat(this.fleet.stored("shard-0").owner()).isEqualTo("b-1");
		assertThat(this.fleet.stored("shard-4").parents()).containsExactly("shard-2");
		assertThat(this.fleet.stored("shard-2").parents()).containsExactly("shard-0");
		assertThat(List.of("shard-1", "shard-2", "shard-3", "shard-4"))
			.allSatisfy((shard) -> assertThat(this.fleet.stored(shard).owner()).isNull());
	}

	@Test
	void keepsTheCheckpointOfAHolderThatReadsTheNewStream() {
		SimulatedFleet.Member member = finishTheFirstShard();
		this.fleet.create(SimulatedFleet.STREAM, 3);
		Checkpoint inTheNewOne = Checkpoint.after(SequenceNumber.of("900000"), 0);
		member.checkpoint("shard-1", inTheNewOne);
		this.fleet.advance(Duration.ofSeconds(90), STEP);
		assertThat(this.fleet.stored("shard-1").checkpoint()).isEqualTo(inTheNewOne);
		assertThat(this.fleet.stored("shard-1").owner()).isEqualTo("a-1");
		assertThat(this.fleet.stored("shard-1").start())
			.isEqualTo(this.fleet.listed(SimulatedFleet.STREAM).get(1).start());
	}

	@Test
	void keepsTheCheckpointForAReaderThatStopsAtAStaleOne() {
		Lease finished = Lease.initial("orders", "shard-0", Checkpoint.SHARD_END, Set.of(), SequenceNumber.of("1"));
		Lease unfinished = Lease.initial("orders", "shard-1", Checkpoint.after(SequenceNumber.of("2"), 0), Set.of(),
				SequenceNumber.of("1"));
		LeasePlan plan = new LeasePlan(
				ShardListing.of("orders", Instant.EPOCH,
						List.of(new ShardDescription("shard-0", Set.of(), false, SequenceNumber.of("5")),
								new ShardDescription("shard-1", Set.of(), false, SequenceNumber.of("5")))),
				List.of(finished, unfinished),
				new LeaseOptions(Duration.ofSeconds(10), 10, InitialPosition.TRIM_HORIZON, true), (lease) -> false);
		assertThat(plan.recreations()).containsOnlyKeys(finished);
	}

	/**
	 * The new stream's first shard has the smallest number. A listing that leaves it out
	 * for a moment must not pass for one of a stream that does not have it.
	 */
	@Test
	void finishesNoLeaseOfTheNewStreamThatAListingOmits() {
		Lease recreated = initial("shard-0", Checkpoint.TRIM_HORIZON, "2000");
		Lease former = initial("shard-1", IN_THE_FORMER, "1000");
		LeasePlan plan = plan(List.of(recreated, former), open("shard-1", "2001"), open("shard-2", "2002"));
		assertThat(plan.recreations()).containsOnlyKeys(former);
		assertThat(plan.retired()).isEmpty();
		assertThat(plan.leftBehind()).containsExactly(recreated);
	}

	@Test
	void finishesLeasesWithSequenceNumbersOfTheFormerStream() {
		Lease former = initial("shard-1", IN_THE_FORMER, "1000");
		Lease leftBehind = initial("shard-3", Checkpoint.TRIM_HORIZON, "1499");
		LeasePlan plan = plan(List.of(former, leftBehind), open("shard-1", "2001"));
		assertThat(plan.retired()).containsExactly(leftBehind);
		assertThat(plan.pending()).containsExactlyInAnyOrder(former.key(), leftBehind.key());
	}

	/**
	 * The service has named it at the end of a shard of the former stream, without its
	 * number; and by the next listing there was another stream.
	 */
	@Test
	void waitsForNoParentThatAShardHadInTheFormerStreamOnly() {
		Lease sibling = Lease.initial(SimulatedFleet.STREAM, "shard-1", Checkpoint.TRIM_HORIZON, Set.of("shard-0"),
				SequenceNumber.of("2001"));
		Lease lease = Lease.initial(SimulatedFleet.STREAM, "shard-2", Checkpoint.TRIM_HORIZON, Set.of("shard-1"));
		Lease parent = initial("shard-0", Checkpoint.SHARD_END, "2000");
		LeasePlan plan = plan(List.of(parent, sibling, lease),
				new ShardDescription("shard-0", Set.of(), true, SequenceNumber.of("2000")),
				new ShardDescription("shard-1", Set.of("shard-0"), false, SequenceNumber.of("2001")),
				new ShardDescription("shard-2", Set.of("shard-0"), false, SequenceNumber.of("2002")));
		assertThat(plan.unidentified()).containsOnlyKeys(lease);
		assertThat(plan.unidentified().get(lease).parents()).containsExactly("shard-0");
	}

	private static Lease initial(String shardId, Checkpoint checkpoint, String start) {
		return Lease.initial(SimulatedFleet.STREAM, shardId, checkpoint, Set.of(), SequenceNumber.of(start));
	}

	private static ShardDescription open(String shardId, String start) {
		return new ShardDescription(shardId, Set.of(), false, SequenceNumber.of(start));
	}

	private static LeasePlan plan(List<Lease> leases, ShardDescription... shards) {
		return new LeasePlan(ShardListing.of(SimulatedFleet.STREAM, Instant.EPOCH, List.of(shards)), leases,
				new LeaseOptions(Duration.ofSeconds(10), 10, InitialPosition.TRIM_HORIZON), (lease) -> false);
	}

	/**
	 * Leases of earlier versions and of importers do not know which stream they are of.
	 */
	@Test
	void identifiesTheShardsOfLeasesOfEarlierVersions() {
		Checkpoint checkpoint = Checkpoint.after(SequenceNumber.of("1234"), 0);
		this.fleet.store.create(Lease.initial(SimulatedFleet.STREAM, "shard-0", checkpoint, Set.of())).join();
		this.fleet.start("a");
		this.fleet.advance(Duration.ofSeconds(90), STEP);
		assertThat(this.fleet.stored("shard-0").start()).isEqualTo(SequenceNumber.of("1000"));
		assertThat(this.fleet.stored("shard-0").checkpoint()).isEqualTo(checkpoint);
		assertThat(this.fleet.handovers()).containsExactly("shard-0 to a");
	}

	@Test
	void restartsWhenTheCheckpointOfAnEarlierVersionBelongsToAFormerStream() {
		this.fleet.store
			.create(Lease.initial(SimulatedFleet.STREAM, "shard-0", Checkpoint.after(SequenceNumber.of("999"), 0),
					Set.of()))
			.join();
		SimulatedFleet.Member member = this.fleet.start("a");
		this.fleet.advance(Duration.ofSeconds(5));
		assertThat(member.begun("shard-0")).isEqualTo(Checkpoint.TRIM_HORIZON);
	}

	/**
	 * What an earlier version has finished and the service lists as open, again and
	 * again, was not finished.
	 */
	@Test
	void readsAFinishedShardThatIsListedAsOpenForMinutes() {
		this.fleet.store.create(Lease.initial(SimulatedFleet.STREAM, "shard-0", Checkpoint.SHARD_END, Set.of())).join();
		SimulatedFleet.Member member = this.fleet.start("a");
		this.fleet.advance(Duration.ofSeconds(100));
		assertThat(member.validShards()).isEmpty();
		this.fleet.advance(Duration.ofMinutes(2), STEP);
		assertThat(member.validShards()).containsExactly("shard-0");
	}

	@Test
	void repeatsNoShardBecauseOfAStaleListing() {
		SimulatedFleet.Member member = this.fleet.start("a");
		this.fleet.advanceUntilAllShardsAreHeld(Duration.ofSeconds(5));
		List<ShardDescription> before = this.fleet.listed(SimulatedFleet.STREAM);
		split("shard-0", "shard-1", "shard-2");
		member.checkpoint("shard-0", Checkpoint.SHARD_END);
		this.fleet.advance(Duration.ofSeconds(3));
		this.fleet.list((stream) -> before);
		this.fleet.advance(Duration.ofSeconds(110), STEP);
		this.fleet.listAll();
		this.fleet.advance(Duration.ofMinutes(5), STEP);
		assertThat(this.fleet.handovers()).containsExactlyInAnyOrder("shard-0 to a", "shard-1 to a", "shard-2 to a");
	}

	@Test
	void readsAShardOnceMoreThatStaysListedAsOpen() {
		SimulatedFleet.Member member = this.fleet.start("a");
		this.fleet.advanceUntilAllShardsAreHeld(Duration.ofSeconds(5));
		for (int minute = 0; minute < 30; minute++) {
			if (member.validShards().contains("shard-0")) {
				member.checkpoint("shard-0", Checkpoint.SHARD_END);
			}
			this.fleet.advance(Duration.ofMinutes(1), STEP);
		}
		assertThat(this.fleet.handovers()).containsExactly("shard-0 to a", "shard-0 to a");
	}

	@Test
	void keepsReadingTheNewStreamWhenAListingShowsTheFormerOne() {
		SimulatedFleet.Member member = finishTheFirstShard();
		List<ShardDescription> former = this.fleet.listed(SimulatedFleet.STREAM);
		this.fleet.create(SimulatedFleet.STREAM, 3);
		this.fleet.advance(Duration.ofSeconds(90), STEP);
		assertThat(member.validShards()).contains("shard-0");
		int settled = this.fleet.handovers().size();
		this.fleet.list((stream) -> former);
		this.fleet.advance(Duration.ofSeconds(110), STEP);
		this.fleet.listAll();
		this.fleet.advance(Duration.ofMinutes(3), STEP);
		assertThat(this.fleet.handovers()).hasSize(settled);
		assertThat(this.fleet.stored("shard-0").start())
			.isEqualTo(this.fleet.listed(SimulatedFleet.STREAM).get(0).start());
	}

	@Test
	void deletesTheLeasesOfShardsThatTheServiceHasDeleted() {
		finishTheFirstShard();
		this.fleet.advance(Duration.ofMinutes(10), STEP);
		assertThat(this.fleet.store.load().join().leases()).hasSize(3);
		this.fleet.forget("shard-0");
		this.fleet.advance(Duration.ofMinutes(5), STEP);
		assertThat(this.fleet.store.load().join().leases()).extracting(Lease::shardId)
			.containsExactlyInAnyOrder("shard-1", "shard-2");
	}

	@Test
	void deletesNoLeaseBecauseAListingOmitsAShardOnce() {
		SimulatedFleet.Member member = finishTheFirstShard();
		List<ShardDescription> all = this.fleet.listed(SimulatedFleet.STREAM);
		this.fleet.list((stream) -> all.subList(1, all.size()));
		this.fleet.advance(Duration.ofSeconds(110), STEP);
		this.fleet.list((stream) -> List.of());
		this.fleet.advance(Duration.ofMinutes(10), STEP);
		this.fleet.listAll();
		this.fleet.advance(Duration.ofMinutes(10), STEP);
		assertThat(this.fleet.stored("shard-0").isFinished()).isTrue();
		assertThat(member.validShards()).containsExactly("shard-1", "shard-2");
	}

	/**
	 * Two workers start for the first time while a shard is split: one of them has seen
	 * it open.
	 */
	@ParameterizedTest
	@MethodSource("seeds")
	void leavesNoGapIfAShardIsSplitDuringTheFirstStartAtLatest(long random) {
		SimulatedFleet first = new SimulatedFleet(random, 0, 1);
		List<ShardDescription> before = first.listed(SimulatedFleet.STREAM);
		first.close("shard-0");
		first.add("shard-1", "shard-0");
		first.add("shard-2", "shard-0");
		first.list((stream) -> before);
		first.start("a", Duration.ofSeconds(10), List.of(SimulatedFleet.STREAM), InitialPosition.LATEST);
		first.advance(Duration.ofMillis(1), Duration.ofMillis(1));
		first.listAll();
		first.advance(Duration.ofMillis(new Random(random).nextInt(200)));
		first.start("b", Duration.ofSeconds(10), List.of(SimulatedFleet.STREAM), InitialPosition.LATEST);
		first.advance(Duration.ofSeconds(5), STEP);
		first.readAll();
		first.advance(Duration.ofSeconds(5), STEP);
		Lease parent = first.store.find(Lease.key(SimulatedFleet.STREAM, "shard-0")).join().orElse(null);
		boolean read = parent != null && parent.epoch() > 0;
		assertThat(List.of("shard-1", "shard-2")).as("seed %s, parent %s", random, parent)
			.allSatisfy((child) -> assertThat(first.stored(child).checkpoint() instanceof Checkpoint.TrimHorizon)
				.isEqualTo(read));
	}

	static LongStream seeds() {
		return Seeds.of(100);
	}

	/**
	 * Streams are made anew, split and forgotten while calls fail and workers come and
	 * go: in the end every open shard is read, and no lease of a former stream is left.
	 */
	@ParameterizedTest
	@MethodSource("seeds")
	void readsEveryShardOfTheLastStreamUnderDisturbances(long random) {
		SimulatedFleet storm = new SimulatedFleet(random, 0.05, 2);
		Random chance = new Random(random);
		storm.start("first");
		for (int event = 0; event < 15; event++) {
			List<ShardDescription> open = storm.listed(SimulatedFleet.STREAM)
				.stream()
				.filter((shard) -> !shard.closed())
				.toList();
			switch (chance.nextInt(4)) {
				case 0 -> storm.create(SimulatedFleet.STREAM, 1 + chance.nextInt(3));
				case 1 -> storm.start("w" + event);
				case 2 -> {
					String shard = open.get(chance.nextInt(open.size())).shardId();
					int count = storm.listed(SimulatedFleet.STREAM).size();
					storm.close(shard);
					storm.add("shard-" + count, shard);
					storm.add("shard-" + (count + 1), shard);
				}
				default -> storm.stopOne(chance);
			}
			storm.advance(Duration.ofSeconds(chance.nextInt(60)), STEP);
			storm.readAll();
		}
		storm.calmDown();
		storm.start("last");
		for (int minute = 0; minute < 24; minute++) {
			storm.advance(Duration.ofSeconds(15), STEP);
			storm.readAll();
		}
		storm.assertThatEveryShardIsRead();
	}

}

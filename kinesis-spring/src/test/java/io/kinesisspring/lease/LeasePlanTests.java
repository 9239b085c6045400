package io.kinesisspring.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import org.junit.jupiter.api.Test;

import io.kinesisspring.SequenceNumber;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LeasePlan}.
 */
class LeasePlanTests {

	private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

	private static final Checkpoint PINNED = new Checkpoint.AtTimestamp(NOW);

	@Test
	void startsAtTheInitialPositionIfThereAreNoLeases() {
		assertThat(plan(InitialPosition.TRIM_HORIZON, List.of(), open("a"), open("b")).missing())
			.containsExactly(lease("a", Checkpoint.TRIM_HORIZON), lease("b", Checkpoint.TRIM_HORIZON));
	}

	@Test
	void pinsLatestToTheTimeOfTheService() {
		assertThat(plan(InitialPosition.LATEST, List.of(), open("a")).missing()).containsExactly(lease("a", PINNED));
	}

	@Test
	void createsNoLeaseForClosedShardsWhenStartingAtLatest() {
		assertThat(plan(InitialPosition.LATEST, List.of(), closed("p"), open("c", "p")).missing())
			.containsExactly(lease("c", PINNED));
	}

	/**
	 * Another worker, whose listing is older, may be about to read the parent: the lease
	 * decides which of the two was first.
	 */
	@Test
	void createsAFinishedLeaseForAClosedShardWhenStartingAtLatestAndPinsItsChildren() {
		ShardDescription parent = new ShardDescription("p", Set.of(), true, SequenceNumber.of("1"));
		ShardDescription child = new ShardDescription("c", Set.of("p"), false, SequenceNumber.of("2"));
		Lease finished = Lease.initial("orders", "p", Checkpoint.SHARD_END, Set.of(), SequenceNumber.of("1"));
		Lease pinned = Lease.initial("orders", "c", PINNED, Set.of("p"), SequenceNumber.of("2"));
		assertThat(plan(InitialPosition.LATEST, List.of(), child, parent).missing()).containsExactly(finished, pinned);
		assertThat(plan(InitialPosition.LATEST, List.of(finished), child, parent).missing()).containsExactly(pinned);
	}

	@Test
	void readsChildrenFromTheirBeginningIfAnotherWorkerSawTheParentOpen() {
		ShardDescription parent = new ShardDescription("p", Set.of(), true, SequenceNumber.of("1"));
		ShardDescription child = new ShardDescription("c", Set.of("p"), false, SequenceNumber.of("2"));
		Lease open = Lease.initial("orders", "p", PINNED, Set.of(), SequenceNumber.of("1"));
		Lease read = open.claimedBy("a").advanced(Checkpoint.SHARD_END, 1);
		Lease fromItsBeginning = Lease.initial("orders", "c", Checkpoint.TRIM_HORIZON, Set.of("p"),
				SequenceNumber.of("2"));
		assertThat(plan(InitialPosition.LATEST, List.of(open), child, parent).missing())
			.containsExactly(fromItsBeginning);
		assertThat(plan(InitialPosition.LATEST, List.of(read), child, parent).missing())
			.containsExactly(fromItsBeginning);
	}

	@Test
	void readsChildrenFromTheirBeginningIfAnotherLibraryFinishedTheParent() {
		ShardDescription parent = new ShardDescription("p", Set.of(), true, SequenceNumber.of("1"));
		ShardDescription child = new ShardDescription("c", Set.of("p"), false, SequenceNumber.of("2"));
		assertThat(plan(InitialPosition.LATEST, List.of(lease("p", Checkpoint.SHARD_END)), child, parent).missing())
			.containsExactly(
					Lease.initial("orders", "c", Checkpoint.TRIM_HORIZON, Set.of("p"), SequenceNumber.of("2")));
	}

	@Test
	void readsClosedShardsBeforeTheirChildrenWhenStartingAtTrimHorizon() {
		assertThat(plan(InitialPosition.TRIM_HORIZON, List.of(), open("c", "p"), closed("p")).missing())
			.containsExactly(lease("p", Checkpoint.TRIM_HORIZON), lease("c", Checkpoint.TRIM_HORIZON, "p"));
	}

	@Test
	void readsTheChildrenOfKnownShardsFromTheirBeginningWhateverTheInitialPosition() {
		assertThat(
				plan(InitialPosition.LATEST, List.of(lease("p", PINNED)), closed("p"), open("c", "p"), open("d", "p"))
					.missing())
			.containsExactly(lease("c", Checkpoint.TRIM_HORIZON, "p"), lease("d", Checkpoint.TRIM_HORIZON, "p"));
	}

	@Test
	void readsTheGrandchildrenOfKnownShardsFromTheirBeginning() {
		assertThat(plan(InitialPosition.LATEST, List.of(lease("p", PINNED)), closed("p"), closed("q"),
				open("g", "c", "q"), closed("c", "p"))
			.missing())
			.containsExactly(lease("c", Checkpoint.TRIM_HORIZON, "p"), lease("g", Checkpoint.TRIM_HORIZON, "c"));
	}

	@Test
	void createsNoLeaseTwice() {
		List<Lease> all = plan(InitialPosition.TRIM_HORIZON, List.of(), closed("p"), open("c", "p")).missing();
		assertThat(plan(InitialPosition.TRIM_HORIZON, all, closed("p"), open("c", "p")).missing()).isEmpty();
	}

	@Test
	void readsNoAncestorsOfAFinishedShard() {
		Lease parent = lease("p", Checkpoint.SHARD_END);
		Lease child = lease("c", Checkpoint.TRIM_HORIZON, "p");
		assertThat(plan(InitialPosition.TRIM_HORIZON, List.of(parent, child), closed("f"), closed("g", "f"),
				closed("p", "g"), open("c", "p"))
			.missing()).isEmpty();
	}

	@Test
	void readsASiblingOfAFinishedShardFromItsBeginning() {
		assertThat(plan(InitialPosition.LATEST, List.of(lease("c", Checkpoint.SHARD_END)), closed("p"),
				closed("c", "p"), open("d", "p"))
			.missing()).containsExactly(lease("d", Checkpoint.TRIM_HORIZON));
	}

	@Test
	void readsDescendantsOfFinishedShardsThatTheServiceHasDeleted() {
		Lease forgotten = lease("p", Checkpoint.SHARD_END);
		Lease kept = lease("q", Checkpoint.SHARD_END);
		Lease unfinished = lease("r", Checkpoint.TRIM_HORIZON);
		assertThat(plan(InitialPosition.TRIM_HORIZON, List.of(forgotten, kept, unfinished), closed("q"), open("c", "p"))
			.expired()).containsExactly(forgotten);
	}

	/**
	 * Whoever still reads the former parent can finish it with records that it has read
	 * ahead, and the child would be claimed before the new parent has been read.
	 */
	@Test
	void recreatesNoLeaseWhileAnAncestorOfTheFormerStreamIsHeld() {
		ShardDescription parent = new ShardDescription("p", Set.of(), true, SequenceNumber.of("11"));
		ShardDescription child = new ShardDescription("c", Set.of("p"), true, SequenceNumber.of("12"));
		ShardDescription grandchild = new ShardDescription("g", Set.of("c"), false, SequenceNumber.of("13"));
		Lease held = Lease.initial("orders", "p", Checkpoint.TRIM_HORIZON, Set.of(), SequenceNumber.of("1"))
			.claimedBy("a");
		Lease free = Lease.initial("orders", "c", Checkpoint.TRIM_HORIZON, Set.of("p"), SequenceNumber.of("2"));
		LeasePlan waiting = plan(InitialPosition.TRIM_HORIZON, List.of(held, free), grandchild, child, parent);
		assertThat(waiting.missing()).isEmpty();
		assertThat(waiting.recreations()).isEmpty();
		Lease released = held.released();
		assertThat(plan(InitialPosition.TRIM_HORIZON, List.of(released, free), grandchild, child, parent).recreations())
			.containsOnlyKeys(released);
	}

	/**
	 * The lease was created for the child of a former shard, before anybody listed it.
	 * Its parent is finished in the former stream only, and cannot begin anew before its
	 * own parent.
	 */
	@Test
	void claimsAndIdentifiesNoLeaseWhoseParentIsOfTheFormerStream() {
		ShardDescription oldest = new ShardDescription("o", Set.of(), true, SequenceNumber.of("11"));
		ShardDescription parent = new ShardDescription("p", Set.of("o"), true, SequenceNumber.of("12"));
		ShardDescription child = new ShardDescription("c", Set.of("p"), false, SequenceNumber.of("13"));
		Lease held = Lease.initial("orders", "o", Checkpoint.TRIM_HORIZON, Set.of(), SequenceNumber.of("1"))
			.claimedBy("a");
		Lease finished = Lease.initial("orders", "p", Checkpoint.SHARD_END, Set.of(), SequenceNumber.of("2"));
		Lease unidentified = lease("c", Checkpoint.TRIM_HORIZON, "p");
		LeasePlan waiting = plan(InitialPosition.TRIM_HORIZON, List.of(held, finished, unidentified), child, parent,
				oldest);
		assertThat(waiting.recreations()).isEmpty();
		assertThat(waiting.pending()).containsExactlyInAnyOrder(finished.key(), unidentified.key());
		assertThat(waiting.unidentified()).isEmpty();
		Lease recreated = Lease.initial("orders", "p", Checkpoint.TRIM_HORIZON, Set.of(), SequenceNumber.of("12"));
		LeasePlan ready = plan(InitialPosition.TRIM_HORIZON, List.of(held, recreated, unidentified), child, parent,
				oldest);
		assertThat(ready.pending()).isEmpty();
		assertThat(ready.unidentified()).containsOnlyKeys(unidentified);
	}

	/**
	 * The holder of the parent has gone on into the new stream, which its lease does not
	 * say yet. If it finishes the shard first, the parent is read again.
	 */
	@Test
	void waitsUntilTheLeaseOfAParentIsIdentified() {
		ShardDescription parent = new ShardDescription("p", Set.of(), true, SequenceNumber.of("11"));
		ShardDescription child = new ShardDescription("c", Set.of("p"), true, SequenceNumber.of("12"));
		ShardDescription grandchild = new ShardDescription("g", Set.of("c"), false, SequenceNumber.of("13"));
		Lease held = Lease
			.initial("orders", "p", Checkpoint.after(SequenceNumber.of("11"), 0), Set.of(), SequenceNumber.of("1"))
			.claimedBy("a");
		Lease free = Lease.initial("orders", "c", Checkpoint.TRIM_HORIZON, Set.of("p"), SequenceNumber.of("2"));
		LeasePlan waiting = plan(InitialPosition.TRIM_HORIZON, List.of(held, free), grandchild, child, parent);
		assertThat(waiting.missing()).isEmpty();
		assertThat(waiting.recreations()).isEmpty();
		Lease identified = Objects.requireNonNull(waiting.unidentified().get(held));
		assertThat(
				plan(InitialPosition.TRIM_HORIZON, List.of(identified, free), grandchild, child, parent).recreations())
			.containsOnlyKeys(free);
	}

	@Test
	void createsNothingWhileAFormerLeaseThatItDescendsFromIsHeld() {
		ShardDescription parent = new ShardDescription("p", Set.of(), true, SequenceNumber.of("11"));
		ShardDescription child = new ShardDescription("c", Set.of("p"), false, SequenceNumber.of("12"));
		Lease held = Lease.initial("orders", "p", Checkpoint.TRIM_HORIZON, Set.of(), SequenceNumber.of("1"))
			.claimedBy("a");
		assertThat(plan(InitialPosition.TRIM_HORIZON, List.of(held), child, parent).missing()).isEmpty();
	}

	private static LeasePlan plan(InitialPosition initialPosition, List<Lease> leases, ShardDescription... shards) {
		return new LeasePlan(ShardListing.of("orders", NOW, List.of(shards)), leases,
				new LeaseOptions(Duration.ofSeconds(10), 10, initialPosition), (lease) -> lease.owner() != null);
	}

	private static Lease lease(String shardId, Checkpoint checkpoint, String... parents) {
		return Lease.initial("orders", shardId, checkpoint, Set.of(parents));
	}

	private static ShardDescription open(String shardId, String... parents) {
		return new ShardDescription(shardId, Set.of(parents), false);
	}

	private static ShardDescription closed(String shardId, String... parents) {
		return new ShardDescription(shardId, Set.copyOf(new ArrayList<>(Arrays.asList(parents))), true);
	}

}

package io.kinesisspring.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.scheduling.SimulatedEventLoop;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What every {@link LeaseStore} must do, with its {@link WorkerGroupStore}. Extend this
 * class to test a store of your own.
 */
public abstract class AbstractLeaseStoreTests extends AbstractWorkerGroupStoreTests {

	private static final Lease NEW = Lease.initial("orders", "shardId-000000000001", Checkpoint.TRIM_HORIZON,
			Set.of("shardId-000000000000"));

	private static final List<String> STREAMS = List.of("orders");

	@Test
	void isEmptyAtFirst() {
		assertThat(content().leases()).isEmpty();
		assertThat(content().groups()).isEmpty();
	}

	@Test
	void keepsALeaseAsItWasCreated() {
		assertThat(join(this.store.create(NEW))).isTrue();
		assertThat(content().leases()).containsExactly(NEW);
	}

	@Test
	void doesNotCreateALeaseTwice() {
		Lease claimed = claim(create(), "a");
		assertThat(join(this.store.create(NEW))).isFalse();
		assertThat(content().leases()).containsExactly(claimed);
	}

	@Test
	void oneOfTwoClaimsAFreeLease() {
		Lease seen = create();
		assertThat(this.store.claim(seen, "a").join()).isPresent();
		assertThat(this.store.claim(seen, "b").join()).isEmpty();
		assertThat(content().leases()).containsExactly(seen.claimedBy("a"));
	}

	@Test
	void oneOfTwoClaimsTheLeaseOfADeadWorker() {
		Lease seen = claim(create(), "dead");
		assertThat(this.store.claim(seen, "b").join()).isPresent();
		assertThat(this.store.claim(seen, "c").join()).isEmpty();
		assertThat(content().leases()).containsExactly(seen.claimedBy("b"));
	}

	@Test
	void doesNotClaimALeaseThatChangedSinceItWasRead() {
		Lease free = create();
		Lease claimed = claim(free, "a");
		join(this.store.release(claimed));
		assertThat(this.store.claim(free, "b").join()).isEmpty();
		assertThat(this.store.claim(claimed, "b").join()).isEmpty();
		assertThat(this.store.claim(claimed.released(), "b").join()).isPresent();
	}

	@Test
	void claimReturnsTheStoredCheckpoint() {
		Lease seen = claim(create(), "slow");
		Checkpoint written = Checkpoint.after(SequenceNumber.of("7"), 0);
		Lease stored = seen.advanced(written, 1);
		join(this.store.checkpoint(stored));
		assertThat(this.store.claim(seen, "b").join()).contains(stored.claimedBy("b"));
	}

	static Checkpoint[] checkpoints() {
		return new Checkpoint[] { Checkpoint.TRIM_HORIZON, Checkpoint.SHARD_END,
				new Checkpoint.AtTimestamp(Instant.parse("2026-11-23T10:15:30.123Z")),
				Checkpoint.after(SequenceNumber.of("49590338271490256608559692538361571095921575989136588898"), 0),
				Checkpoint.after(SequenceNumber.of("7"), 41) };
	}

	@ParameterizedTest
	@MethodSource
	void checkpoints(Checkpoint checkpoint) {
		Lease held = claim(create(), "a");
		Lease next = held.advanced(checkpoint, 1);
		assertThat(join(this.store.checkpoint(next))).isTrue();
		assertThat(content().leases()).containsExactly(next);
	}

	@Test
	void repeatsACheckpointAfterALostResponse() {
		Lease held = claim(create(), "a");
		Checkpoint checkpoint = Checkpoint.after(SequenceNumber.of("7"), 0);
		assertThat(join(this.store.checkpoint(held.advanced(checkpoint, 1)))).isTrue();
		assertThat(join(this.store.checkpoint(held.advanced(checkpoint, 2)))).isTrue();
	}

	@Test
	void acceptsACheckpointTwice() {
		Lease next = claim(create(), "a").advanced(Checkpoint.after(SequenceNumber.of("7"), 0), 1);
		assertThat(join(this.store.checkpoint(next))).isTrue();
		assertThat(join(this.store.checkpoint(next))).as("tried again below, as the answer was lost").isTrue();
		assertThat(content().leases()).containsExactly(next);
	}

	@Test
	void rejectsACheckpointThatArrivesAfterTheNextOne() {
		Lease held = claim(create(), "a");
		Lease late = held.advanced(Checkpoint.after(SequenceNumber.of("7"), 0), 1);
		Lease next = held.advanced(Checkpoint.SHARD_END, 2);
		assertThat(join(this.store.checkpoint(next))).isTrue();
		assertThat(join(this.store.checkpoint(late))).isFalse();
		assertThat(content().leases()).containsExactly(next);
	}

	private static Lease shard(String start) {
		return Lease.initial("orders", NEW.shardId(), Checkpoint.TRIM_HORIZON, Set.of("shardId-000000000009"),
				SequenceNumber.of(start));
	}

	@Test
	void storesTheStartingSequenceNumberOfTheShard() {
		Lease identified = shard("49590338271490256608559692538361571095921575989136588898");
		assertThat(join(this.store.create(identified))).isTrue();
		assertThat(content().leases()).containsExactly(identified);
		Lease held = claim(identified, "a");
		assertThat(held.start()).isEqualTo(identified.start());
	}

	@Test
	void setsTheStartingSequenceNumberWhoeverOwnsTheLease() {
		Lease held = claim(create(), "a");
		assertThat(join(this.store.identify(held, shard("5")))).isTrue();
		Lease next = held.advanced(Checkpoint.after(SequenceNumber.of("7"), 0), 1);
		assertThat(join(this.store.checkpoint(next))).as("held as before").isTrue();
		assertThat(content().leases()).containsExactly(next.identifiedAs(shard("5")));
	}

	@Test
	void setsNoStartingSequenceNumberOnALeaseThatChangedSinceItWasRead() {
		Lease seen = create();
		Lease held = claim(seen, "a");
		assertThat(join(this.store.identify(seen, shard("5")))).isFalse();
		assertThat(content().leases()).containsExactly(held);
	}

	@Test
	void setsNoStartingSequenceNumberOnAMissingLease() {
		assertThat(join(this.store.identify(NEW, shard("5")))).isFalse();
		assertThat(join(this.store.recreate(NEW, NEW))).isFalse();
		assertThat(content().leases()).isEmpty();
	}

	@Test
	void recreatesAFinishedLeaseWhoeverOwnsIt() {
		Lease held = claim(create(), "a");
		Lease finished = held.advanced(Checkpoint.SHARD_END, 3);
		join(this.store.checkpoint(finished));
		Lease replacement = Lease.initial("orders", NEW.shardId(), Checkpoint.TRIM_HORIZON,
				Set.of("shardId-000000000007"), SequenceNumber.of("5"));
		assertThat(join(this.store.recreate(finished, replacement))).isTrue();
		Lease recreated = finished.recreatedAs(replacement);
		assertThat(content().leases()).containsExactly(recreated);
		assertThat(recreated.owner()).isNull();
		assertThat(recreated.epoch()).isEqualTo(held.epoch() + 1);
		assertThat(claim(recreated, "b").parents()).containsExactly("shardId-000000000007");
	}

	@Test
	void recreatesALeaseWithoutItsFormerState() {
		Lease identified = shard("4");
		join(this.store.create(identified));
		Lease replacement = Lease.initial("orders", NEW.shardId(), Checkpoint.SHARD_END, Set.of());
		assertThat(join(this.store.recreate(identified, replacement))).isTrue();
		assertThat(content().leases()).containsExactly(identified.recreatedAs(replacement));
	}

	@Test
	void fencesOffTheFormerOwnerOfARecreatedLease() {
		Lease held = claim(create(), "a");
		assertThat(join(this.store.recreate(held, NEW))).isTrue();
		assertThat(join(this.store.checkpoint(held.advanced(Checkpoint.SHARD_END, 9)))).isFalse();
		assertThat(join(this.store.release(held))).isFalse();
		assertThat(join(this.store.recreate(held, NEW))).as("renewed twice").isFalse();
	}

	@Test
	void deletesTheLeasesOfShardsThatTheServiceHasDeleted() {
		join(this.store.create(Lease.initial("orders", "shardId-000000000000", Checkpoint.SHARD_END, Set.of())));
		join(this.store.create(NEW));
		SimulatedEventLoop loop = new SimulatedEventLoop(1);
		ShardListing listing = ShardListing.of("orders", Instant.EPOCH,
				Set.of(new ShardDescription(NEW.shardId(), NEW.parents(), false)));
		ShardSync sync = new ShardSync(STREAMS,
				new LeaseOptions(Duration.ofSeconds(10), 10, InitialPosition.TRIM_HORIZON), this.store,
				(stream) -> CompletableFuture.completedFuture(listing), loop);
		for (int i = 0; i < ListingConfirmation.MINIMUM_LISTINGS; i++) {
			assertThat(content().leases()).hasSize(2);
			sync.list("orders");
			loop.runUntilIdle();
			join(sync.apply("orders", content().leases(), (lease) -> false, "a"));
			loop.advance(ListingConfirmation.MINIMUM_TIME.dividedBy(ListingConfirmation.MINIMUM_LISTINGS - 1));
		}
		assertThat(content().leases()).containsExactly(NEW);
	}

	@Test
	void findsALease() {
		Lease held = claim(create(), "a");
		assertThat(this.store.find(held.key()).join()).contains(held);
		assertThat(this.store.find("orders_nowhere").join()).isEmpty();
	}

	@Test
	void fencesOffThePreviousOwner() {
		Lease first = claim(create(), "a");
		Lease second = claim(first, "b");
		assertThat(join(this.store.checkpoint(first.advanced(Checkpoint.SHARD_END, 1)))).isFalse();
		assertThat(join(this.store.release(first))).isFalse();
		assertThat(content().leases()).containsExactly(second);
	}

	@Test
	void fencesOffAnEarlierEpochOfTheSameOwner() {
		Lease before = claim(create(), "a");
		Lease again = claim(before, "a");
		assertThat(join(this.store.checkpoint(before.advanced(Checkpoint.SHARD_END, 1)))).isFalse();
		assertThat(content().leases()).containsExactly(again);
	}

	@Test
	void doesNotCheckpointAReleasedLease() {
		Lease held = claim(create(), "a");
		assertThat(join(this.store.release(held))).isTrue();
		assertThat(join(this.store.checkpoint(held.advanced(Checkpoint.SHARD_END, 1)))).isFalse();
		assertThat(content().leases()).containsExactly(held.released());
	}

	@Test
	void keepsTheCheckpointThroughReleaseAndClaim() {
		Lease held = claim(create(), "a");
		Checkpoint checkpoint = Checkpoint.after(SequenceNumber.of("7"), 0);
		join(this.store.checkpoint(held.advanced(checkpoint, 1)));
		join(this.store.release(held));
		assertThat(this.store.claim(held.released(), "b").join()).isPresent();
		assertThat(content().leases()).singleElement().satisfies((lease) -> {
			assertThat(lease.owner()).isEqualTo("b");
			assertThat(lease.epoch()).isEqualTo(2);
			assertThat(lease.checkpoint()).isEqualTo(checkpoint);
		});
	}

	@Test
	void deletesOnlyFinishedLeasesThatDidNotChangeSinceTheyWereRead() {
		Lease held = claim(create(), "a");
		assertThat(join(this.store.delete(held))).isFalse();
		join(this.store.checkpoint(held.advanced(Checkpoint.SHARD_END, 1)));
		assertThat(join(this.store.delete(held.released()))).isFalse();
		join(this.store.release(held));
		assertThat(join(this.store.delete(held.released()))).isTrue();
		assertThat(content().leases()).isEmpty();
	}

	@Test
	void canBePreparedTwice() {
		create();
		this.store.prepare().join();
		assertThat(content().leases()).containsExactly(NEW);
	}

	private Lease create() {
		assertThat(join(this.store.create(NEW))).isTrue();
		return NEW;
	}

	private Lease claim(Lease seen, String worker) {
		assertThat(this.store.claim(seen, worker).join()).isPresent();
		return seen.claimedBy(worker);
	}

}

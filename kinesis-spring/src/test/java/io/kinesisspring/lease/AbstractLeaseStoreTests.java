package io.kinesisspring.lease;

import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.kinesisspring.SequenceNumber;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What every {@link LeaseStore} must do.
 */
public abstract class AbstractLeaseStoreTests {

	private static final Lease NEW = Lease.initial("orders", "shardId-000000000001", Checkpoint.TRIM_HORIZON,
			Set.of("shardId-000000000000"));

	private LeaseStore store;

	protected abstract LeaseStore createStore();

	@BeforeEach
	void prepare() {
		this.store = createStore();
		this.store.prepare().join();
	}

	@Test
	void isEmptyAtFirst() {
		assertThat(content().leases()).isEmpty();
		assertThat(content().workers()).isEmpty();
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
	void givesAFreeLeaseToOneOfTwo() {
		Lease seen = create();
		assertThat(this.store.claim(seen, "a").join()).isPresent();
		assertThat(this.store.claim(seen, "b").join()).isEmpty();
		assertThat(content().leases()).containsExactly(seen.claimedBy("a"));
	}

	@Test
	void givesADeadWorkersLeaseToOneOfTwo() {
		Lease seen = claim(create(), "dead");
		assertThat(this.store.claim(seen, "b").join()).isPresent();
		assertThat(this.store.claim(seen, "c").join()).isEmpty();
		assertThat(content().leases()).containsExactly(seen.claimedBy("b"));
	}

	@Test
	void doesNotClaimWhatHasMovedOnSinceItWasSeen() {
		Lease free = create();
		Lease claimed = claim(free, "a");
		join(this.store.release(claimed));
		assertThat(this.store.claim(free, "b").join()).isEmpty();
		assertThat(this.store.claim(claimed, "b").join()).isEmpty();
		assertThat(this.store.claim(claimed.released(), "b").join()).isPresent();
	}

	@Test
	void claimsWithTheCheckpointThatIsStoredAndNotTheOneThatWasSeen() {
		Lease seen = claim(create(), "slow");
		Checkpoint written = Checkpoint.after(SequenceNumber.of("7"), 0);
		join(this.store.checkpoint(seen, written));
		assertThat(this.store.claim(seen, "b").join()).contains(seen.withCheckpoint(written).claimedBy("b"));
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
		assertThat(join(this.store.checkpoint(held, checkpoint))).isTrue();
		assertThat(content().leases()).containsExactly(held.withCheckpoint(checkpoint));
	}

	@Test
	void checkpointsAgainAfterALostAnswer() {
		Lease held = claim(create(), "a");
		Checkpoint checkpoint = Checkpoint.after(SequenceNumber.of("7"), 0);
		assertThat(join(this.store.checkpoint(held, checkpoint))).isTrue();
		assertThat(join(this.store.checkpoint(held, checkpoint))).isTrue();
	}

	@Test
	void fencesOffThePreviousOwner() {
		Lease mine = claim(create(), "a");
		Lease theirs = claim(mine, "b");
		assertThat(join(this.store.checkpoint(mine, Checkpoint.SHARD_END))).isFalse();
		assertThat(join(this.store.release(mine))).isFalse();
		assertThat(content().leases()).containsExactly(theirs);
	}

	@Test
	void fencesOffAnEarlierEpochOfTheSameOwner() {
		Lease before = claim(create(), "a");
		Lease again = claim(before, "a");
		assertThat(join(this.store.checkpoint(before, Checkpoint.SHARD_END))).isFalse();
		assertThat(content().leases()).containsExactly(again);
	}

	@Test
	void doesNotCheckpointWhatHasBeenReleased() {
		Lease held = claim(create(), "a");
		assertThat(join(this.store.release(held))).isTrue();
		assertThat(join(this.store.checkpoint(held, Checkpoint.SHARD_END))).isFalse();
		assertThat(content().leases()).containsExactly(held.released());
	}

	@Test
	void keepsTheCheckpointThroughReleaseAndClaim() {
		Lease held = claim(create(), "a");
		Checkpoint checkpoint = Checkpoint.after(SequenceNumber.of("7"), 0);
		join(this.store.checkpoint(held, checkpoint));
		join(this.store.release(held));
		assertThat(this.store.claim(held.released(), "b").join()).isPresent();
		assertThat(content().leases()).singleElement().satisfies((lease) -> {
			assertThat(lease.owner()).isEqualTo("b");
			assertThat(lease.epoch()).isEqualTo(2);
			assertThat(lease.checkpoint()).isEqualTo(checkpoint);
		});
	}

	@Test
	void deletesOnlyWhatIsFinishedAndAsItWasSeen() {
		Lease held = claim(create(), "a");
		assertThat(join(this.store.delete(held))).isFalse();
		join(this.store.checkpoint(held, Checkpoint.SHARD_END));
		assertThat(join(this.store.delete(held.released()))).isFalse();
		join(this.store.release(held));
		assertThat(join(this.store.delete(held.released()))).isTrue();
		assertThat(content().leases()).isEmpty();
	}

	@Test
	void movesTheCounterOfAWorker() {
		Worker worker = new Worker("a", 0, Set.of("orders", "clicks"));
		this.store.beat(worker).join();
		long first = content().workers().get(0).beat();
		this.store.beat(worker).join();
		assertThat(content().workers()).singleElement().satisfies((beaten) -> {
			assertThat(beaten.id()).isEqualTo("a");
			assertThat(beaten.streams()).containsExactlyInAnyOrder("orders", "clicks");
			assertThat(beaten.beat()).isNotEqualTo(first);
		});
	}

	@Test
	void buriesAWorkerOnlyIfItHasNotMoved() {
		this.store.beat(new Worker("a", 0, Set.of("orders"))).join();
		Worker seen = content().workers().get(0);
		this.store.beat(seen).join();
		assertThat(join(this.store.bury(seen))).isFalse();
		assertThat(join(this.store.bury(content().workers().get(0)))).isTrue();
		assertThat(content().workers()).isEmpty();
	}

	@Test
	void forgetsAWorkerThatRetires() {
		this.store.beat(new Worker("a", 0, Set.of("orders"))).join();
		this.store.retire("a").join();
		this.store.retire("a").join();
		assertThat(content().workers()).isEmpty();
	}

	@Test
	void canBePreparedAgain() {
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

	private LeaseTable content() {
		return this.store.load().join();
	}

	private static boolean join(CompletableFuture<Boolean> write) {
		return write.join();
	}

}

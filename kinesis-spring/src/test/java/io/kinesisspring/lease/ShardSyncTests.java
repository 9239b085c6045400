package io.kinesisspring.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

import org.junit.jupiter.api.Test;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.scheduling.SimulatedEventLoop;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ShardSync}.
 */
class ShardSyncTests {

	private static final Predicate<Lease> HELD = (lease) -> lease.owner() != null;

	/**
	 * The table is read again before the next listing, for example after a wake-up.
	 */
	@Test
	void aLeaseWaitsForItsParentsUntilTheyAreRecreatedAlsoAfterTheListingHasBeenApplied() {
		ShardDescription oldest = new ShardDescription("o", Set.of(), true, SequenceNumber.of("11"));
		ShardDescription parent = new ShardDescription("p", Set.of("o"), true, SequenceNumber.of("12"));
		ShardDescription child = new ShardDescription("c", Set.of("p"), false, SequenceNumber.of("13"));
		Lease held = lease("o", Checkpoint.TRIM_HORIZON, "1").claimedBy("a");
		Lease finished = lease("p", Checkpoint.SHARD_END, "2");
		Lease unidentified = Lease.initial("orders", "c", Checkpoint.TRIM_HORIZON, Set.of("p"));
		ShardListing listing = ShardListing.of("orders", Instant.EPOCH, List.of(oldest, parent, child));
		ShardSync sync = new ShardSync(List.of("orders"),
				new LeaseOptions(Duration.ofSeconds(10), 10, InitialPosition.TRIM_HORIZON), new InMemoryLeaseStore(),
				(stream) -> CompletableFuture.completedFuture(listing), new SimulatedEventLoop(1));
		List<Lease> leases = List.of(held, finished, unidentified);
		sync.list("orders").join();
		assertThat(sync.apply("orders", leases, HELD, "w").join()).isFalse();
		assertThat(sync.pending("orders", leases, HELD)).containsExactlyInAnyOrder(finished.key(), unidentified.key());
		List<Lease> recreated = List.of(lease("o", Checkpoint.SHARD_END, "11"), lease("p", Checkpoint.SHARD_END, "12"),
				unidentified);
		assertThat(sync.pending("orders", recreated, HELD)).isEmpty();
	}

	private static Lease lease(String shardId, Checkpoint checkpoint, String start) {
		return Lease.initial("orders", shardId, checkpoint, Set.of(), SequenceNumber.of(start));
	}

}

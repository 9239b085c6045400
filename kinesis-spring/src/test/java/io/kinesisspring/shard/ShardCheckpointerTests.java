package io.kinesisspring.shard;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.ForwardingLeaseStore;
import io.kinesisspring.lease.HeldLease;
import io.kinesisspring.lease.InMemoryLeaseStore;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.LeaseCoordinator;
import io.kinesisspring.lease.LeaseHolder;
import io.kinesisspring.lease.LeaseOptions;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.lease.ShardDescription;
import io.kinesisspring.lease.ShardListing;
import io.kinesisspring.lease.Worker;
import io.kinesisspring.scheduling.SimulatedEventLoop;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link ShardCheckpointer}, in simulated time on a store that takes its time.
 */
class ShardCheckpointerTests {

	private static final Duration INTERVAL = Duration.ofSeconds(1);

	private final SimulatedEventLoop loop = new SimulatedEventLoop(1);

	private final InMemoryLeaseStore store = new InMemoryLeaseStore();

	private Duration checkpointsTake = Duration.ofMillis(10);

	private boolean checkpointsFail;

	private final BufferBudget budget = new BufferBudget(1 << 20, this.loop, ShardEvents.NONE);

	private ShardCheckpointer checkpointer;

	@BeforeEach
	void holdALease() {
		CompletableFuture<HeldLease> held = new CompletableFuture<>();
		LeaseOptions options = new LeaseOptions(Duration.ofSeconds(10), 1, InitialPosition.TRIM_HORIZON);
		ShardListing listing = ShardListing.of("orders", Instant.EPOCH,
				List.of(new ShardDescription("shard-0", Set.of(), false)));
		new LeaseCoordinator(new Worker("worker", List.of("orders"), options), slowStore(),
				(stream) -> CompletableFuture.completedFuture(listing), this.loop, new Holder(held))
			.start();
		this.loop.advanceUntil(held::isDone, Duration.ofSeconds(5));
		this.checkpointer = new ShardCheckpointer(held.join(), this.loop,
				new CheckpointInterval(this.budget.open(), INTERVAL), ShardEvents.NONE);
	}

	@Test
	void writesOncePerInterval() {
		processEvery(Duration.ofMillis(100), 1, 50);
		this.loop.advance(INTERVAL);
		assertThat(stored()).isEqualTo(after(50));
		assertThat(this.store.load().join().leases().get(0).revision()).isBetween(5L, 7L);
	}

	@Test
	void writesLessOftenIfTheContainerReadsManyShards() {
		IntStream.range(1, 3 * CheckpointInterval.MOST_WRITES).forEach((i) -> this.budget.open());
		processEvery(Duration.ofMillis(100), 1, 90);
		this.loop.advance(INTERVAL.multipliedBy(3));
		assertThat(stored()).isEqualTo(after(90));
		assertThat(this.store.load().join().leases().get(0).revision()).isBetween(3L, 5L);
	}

	@Test
	void keepsAMovedPositionDespiteLateReportsOfEarlierRecords() {
		Checkpoint tip = new Checkpoint.AtTimestamp(Instant.EPOCH.plusSeconds(60));
		this.checkpointer.processed(after(5));
		this.loop.advance(INTERVAL.multipliedBy(2));
		this.checkpointer.moveTo(tip, record(8));
		this.loop.advance(INTERVAL.multipliedBy(2));
		assertThat(stored()).isEqualTo(tip);
		this.checkpointer.processed(after(8));
		this.loop.advance(INTERVAL.multipliedBy(2));
		assertThat(stored()).isEqualTo(tip);
		assertThat(this.checkpointer.hasProcessed(record(8))).isTrue();
		this.checkpointer.processed(after(9));
		this.loop.advance(INTERVAL.multipliedBy(2));
		assertThat(stored()).isEqualTo(after(9));
	}

	@Test
	void coversDroppedRecordsOnceTheRecordsBeforeThemAreProcessed() {
		this.checkpointer.dropped(after(6), record(5));
		this.checkpointer.processed(after(4));
		this.loop.advance(INTERVAL.multipliedBy(2));
		assertThat(stored()).isEqualTo(after(4));
		this.checkpointer.processed(after(5));
		this.loop.advance(INTERVAL.multipliedBy(2));
		assertThat(stored()).isEqualTo(after(6));
		this.checkpointer.dropped(after(8), record(5));
		this.loop.advance(INTERVAL.multipliedBy(2));
		assertThat(stored()).isEqualTo(after(8));
	}

	@Test
	void coversDroppedRecordsIfNoRecordWasReadBeforeThem() {
		this.checkpointer.dropped(after(6), null);
		this.loop.advance(INTERVAL.multipliedBy(2));
		assertThat(stored()).isEqualTo(after(6));
	}

	@Test
	void coversTheLatestOfDroppedRecordsOnly() {
		this.checkpointer.dropped(after(6), record(5));
		this.checkpointer.dropped(after(9), record(8));
		this.checkpointer.processed(after(5));
		this.loop.advance(INTERVAL.multipliedBy(2));
		assertThat(stored()).isEqualTo(after(5));
		this.checkpointer.processed(after(8));
		this.loop.advance(INTERVAL.multipliedBy(2));
		assertThat(stored()).isEqualTo(after(9));
	}

	@Test
	void keepsAMovedPositionDespiteEarlierDroppedRecords() {
		Checkpoint tip = new Checkpoint.AtTimestamp(Instant.EPOCH.plusSeconds(60));
		this.checkpointer.dropped(after(9), record(8));
		this.checkpointer.moveTo(tip, record(8));
		this.checkpointer.processed(after(8));
		this.loop.advance(INTERVAL.multipliedBy(2));
		assertThat(stored()).isEqualTo(tip);
		this.checkpointer.dropped(after(12), record(11));
		this.checkpointer.processed(after(11));
		this.loop.advance(INTERVAL.multipliedBy(2));
		assertThat(stored()).isEqualTo(after(12));
	}

	private static KinesisRecord<byte[]> record(int number) {
		return new KinesisRecord<>("orders", "shard-0", "key", SequenceNumber.of(String.valueOf(number)), 0,
				Instant.EPOCH, new byte[0]);
	}

	@Test
	void writesWhatIsReachedBeforeTheStepBetweenAndTheEndAfterIt() {
		CompletableFuture<Void> between = new CompletableFuture<>();
		this.checkpointer.processed(after(7));
		CompletableFuture<Boolean> end = this.checkpointer.end(() -> {
			assertThat(stored()).isEqualTo(after(7));
			return between;
		});
		this.loop.advance(Duration.ofSeconds(5));
		assertThat(stored()).isEqualTo(after(7));
		between.complete(null);
		this.loop.advance(Duration.ofSeconds(1));
		assertThat(end).isCompletedWithValue(true);
		assertThat(stored()).isEqualTo(Checkpoint.SHARD_END);
	}

	@Test
	void doesNotWriteTheEndIfAnotherConsumerOfTheShardHasTakenOverInBetween() {
		CompletableFuture<Void> between = new CompletableFuture<>();
		this.checkpointer.processed(after(7));
		CompletableFuture<Boolean> end = this.checkpointer.end(() -> between);
		this.loop.advance(Duration.ofSeconds(1));
		this.checkpointer.close();
		between.complete(null);
		this.loop.advance(Duration.ofSeconds(1));
		assertThat(end).isCompletedWithValue(false);
		assertThat(stored()).isEqualTo(after(7));
	}

	@Test
	void continuesAfterAWriteLongerThanTheInterval() {
		this.checkpointsTake = INTERVAL.multipliedBy(3);
		processEvery(Duration.ofMillis(100), 1, 25);
		this.checkpointsTake = Duration.ofMillis(10);
		processEvery(Duration.ofMillis(100), 26, 50);
		this.loop.advance(INTERVAL);
		assertThat(stored()).isEqualTo(after(50));
	}

	@Test
	void retriesAFailedWriteAfterMoreThanTheInterval() {
		this.checkpointsTake = INTERVAL.multipliedBy(3);
		this.checkpointsFail = true;
		processEvery(Duration.ofMillis(100), 1, 25);
		this.checkpointsTake = Duration.ofMillis(10);
		this.checkpointsFail = false;
		this.loop.advance(INTERVAL.multipliedBy(3));
		assertThat(stored()).isEqualTo(after(25));
	}

	private void processEvery(Duration pause, int from, int to) {
		for (int number = from; number <= to; number++) {
			this.checkpointer.processed(after(number));
			this.loop.advance(pause);
		}
	}

	private Checkpoint stored() {
		return this.store.load().join().leases().get(0).checkpoint();
	}

	private static Checkpoint.After after(int number) {
		return new Checkpoint.After(SequenceNumber.of(Integer.toString(number)), 0);
	}

	/**
	 * The store, in which checkpoints take as long as they are told to.
	 */
	private LeaseStore slowStore() {
		return new ForwardingLeaseStore(this.store) {

			@Override
			public CompletableFuture<Boolean> checkpoint(Lease next) {
				boolean fails = ShardCheckpointerTests.this.checkpointsFail;
				CompletableFuture<Boolean> answer = new CompletableFuture<>();
				ShardCheckpointerTests.this.loop.schedule(ShardCheckpointerTests.this.checkpointsTake, () -> {
					if (fails) {
						answer.completeExceptionally(new IllegalStateException("no answer"));
					}
					else {
						answer.complete(super.checkpoint(next).join());
					}
				});
				return answer;
			}

		};
	}

	private record Holder(CompletableFuture<HeldLease> held) implements LeaseHolder {

		@Override
		public void acquired(HeldLease lease) {
			this.held.complete(lease);
		}

		@Override
		public CompletableFuture<Void> release(HeldLease lease) {
			return CompletableFuture.completedFuture(null);
		}

		@Override
		public void lost(HeldLease lease) {
		}

	}

}

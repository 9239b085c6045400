package io.kinesisspring.shard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.kinesisspring.KinesisException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.scheduling.SimulatedEventLoop;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link BufferBudget}.
 */
class BufferBudgetTests {

	private static final long MEGABYTE = 1 << 20;

	private final List<String> admitted = new ArrayList<>();

	@Test
	void admitsInTheOrderInWhichItIsAsked() {
		BufferBudget budget = new BufferBudget(100, ReadingObserver.NONE);
		budget.reserve(60, () -> this.admitted.add("first"));
		budget.reserve(60, () -> this.admitted.add("large"));
		budget.reserve(10, () -> this.admitted.add("small"));
		assertThat(this.admitted).containsExactly("first");
		budget.adjust(-60);
		assertThat(this.admitted).containsExactly("first", "large", "small");
		assertThat(budget.used()).isEqualTo(70);
	}

	@Test
	void admitsMoreThanThereIsWhenNobodyHoldsAny() {
		BufferBudget budget = new BufferBudget(100, ReadingObserver.NONE);
		budget.reserve(40, () -> this.admitted.add("small"));
		budget.reserve(1_000, () -> this.admitted.add("huge"));
		assertThat(this.admitted).containsExactly("small");
		budget.adjust(-40);
		assertThat(this.admitted).containsExactly("small", "huge");
	}

	@Test
	void sharesTheRoomAmongTheShardsAndLeavesEachEnoughForFullSpeed() {
		BufferBudget budget = new BufferBudget(64 * MEGABYTE, ReadingObserver.NONE);
		budget.join();
		assertThat(budget.share()).isEqualTo(32 * MEGABYTE);
		budget.join();
		assertThat(budget.share()).isEqualTo(16 * MEGABYTE);
		budget.leave();
		assertThat(budget.share()).isEqualTo(32 * MEGABYTE);
		for (int i = 0; i < 1_000; i++) {
			budget.join();
		}
		assertThat(budget.share()).isEqualTo(MEGABYTE / 2);
		assertThat(budget.smallShare()).isEqualTo(MEGABYTE / 16);
		assertThat(new BufferBudget(1, ReadingObserver.NONE).share()).isEqualTo(MEGABYTE / 16);
	}

	@Test
	void isNotExceededByShardsThatAreFarBehind() {
		SimulatedEventLoop loop = new SimulatedEventLoop(42);
		SimulatedKinesis kinesis = new SimulatedKinesis(100, loop.another(), loop.random(), () -> 0);
		BufferBudget budget = new BufferBudget(16 * MEGABYTE, ReadingObserver.NONE);
		List<Holder> holders = new ArrayList<>();
		for (String shard : kinesis.allShards()) {
			for (int i = 0; i < 100; i++) {
				kinesis.putLarge(shard, (i < 50) ? 20_000 : 1_000);
			}
			holders.add(new Holder(kinesis, shard, loop, budget));
		}
		holders.forEach(Holder::readOn);
		loop.advanceUntil(() -> holders.stream().allMatch((holder) -> holder.records == 100), Duration.ofMinutes(5));
		assertThat(holders).allSatisfy((holder) -> assertThat(holder.mostUsed).isLessThanOrEqualTo(16 * MEGABYTE));
		assertThat(holders).anySatisfy((holder) -> assertThat(holder.mostUsed).isGreaterThan(8 * MEGABYTE));
	}

	/**
	 * Reads a shard, and holds each batch for some time.
	 */
	private static final class Holder implements ShardReader.Reading {

		private final SimulatedEventLoop loop;

		private final BufferBudget budget;

		private final PollingShardReader reader;

		private long mostUsed;

		private int records;

		private Holder(SimulatedKinesis kinesis, String shard, SimulatedEventLoop loop, BufferBudget budget) {
			this.loop = loop;
			this.budget = budget;
			this.reader = new PollingShardReader(kinesis.client(), StreamIdentifier.of("orders"), shard,
					Checkpoint.TRIM_HORIZON, new ReaderOptions(10_000, Duration.ofMillis(200), 16 * MEGABYTE,
							Duration.ofSeconds(1), StaleCheckpoint.TRIM_HORIZON, ReadingObserver.NONE),
					loop, budget);
		}

		private void readOn() {
			this.reader.read(this);
		}

		@Override
		public void came(ShardBatch batch) {
			this.records += batch.records().size();
			this.mostUsed = Math.max(this.mostUsed, this.budget.used());
			this.loop.schedule(Duration.ofMillis(500), () -> this.budget.adjust(-batch.bytes()));
			readOn();
		}

		@Override
		public void moved(Checkpoint position) {
			throw new AssertionError(position);
		}

		@Override
		public void failed(KinesisException ex) {
			throw new AssertionError(ex);
		}

		@Override
		public void denied(KinesisException ex) {
			throw new AssertionError(ex);
		}

	}

}

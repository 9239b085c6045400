package io.kinesisspring.shard;

import org.junit.jupiter.api.Test;

import io.kinesisspring.scheduling.SimulatedEventLoop;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link ReadSize}.
 */
class ReadSizeTests {

	private static final int MEGABYTE = 1 << 20;

	private final BufferBudget budget = new BufferBudget(64 * MEGABYTE, new SimulatedEventLoop(1), ShardEvents.NONE);

	@Test
	void expectsLargeRecordsBeforeTheFirstRead() {
		assertThat(size().records(MEGABYTE)).isEqualTo(16);
	}

	@Test
	void expectsWhatOtherShardsHaveHad() {
		size().learn(1_000, 400_000, true);
		assertThat(size().records(MEGABYTE)).isEqualTo(MEGABYTE / 400);
	}

	@Test
	void expectsTheLargestOfOtherShardsRecordsButNoMoreThanBefore() {
		size().learn(100, 2_000_000, true);
		size().learn(1_000, 400_000, true);
		assertThat(size().records(MEGABYTE)).isEqualTo(MEGABYTE / 20_000);
		size().learn(1, MEGABYTE, true);
		assertThat(size().records(MEGABYTE)).isEqualTo(16);
	}

	@Test
	void followsTheRecordsOfItsOwnShard() {
		size().learn(1_000, 400_000, true);
		ReadSize size = size();
		size.learn(100, 100_000, true);
		assertThat(size.records(MEGABYTE)).isEqualTo(MEGABYTE / 1_000);
		size.learn(0, 0, true);
		assertThat(size.records(MEGABYTE)).isEqualTo(MEGABYTE / 1_000);
		assertThat(size.isBehind()).isTrue();
	}

	private ReadSize size() {
		return new ReadSize(this.budget.open(), 10_000);
	}

}

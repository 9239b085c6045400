package io.kinesisspring.listener;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.error.DefaultErrorHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of how records without a partition key are delivered: streams have them whose
 * records the service distributes.
 */
class RecordsWithoutKeyTests {

	private static final Duration SHORT = Duration.ofMillis(1);

	private final List<Integer> delivered = new ArrayList<>();

	private final Map<Integer, CompletableFuture<Void>> futures = new HashMap<>();

	@Test
	void areDeliveredInParallelUpToTheConcurrency() {
		PlayedShard shard = shard(3).reads(0, 1, 2, 3, 4).play(SHORT);
		assertThat(this.delivered).containsExactly(0, 1, 2);

		finish(1);
		shard.play(SHORT);
		assertThat(this.delivered).containsExactly(0, 1, 2, 3);
		assertThat(shard.checkpoint()).isEqualTo(-1);

		finish(0, 2, 3);
		shard.play(SHORT);
		finish(4);
		shard.play(SHORT);
		assertThat(shard.checkpoint()).isEqualTo(4);
		assertThat(shard.retained()).isZero();
	}

	@Test
	void keepTheOrderOfTheShardWithoutConcurrency() {
		PlayedShard shard = shard(1).reads(0, 1, 2).play(SHORT);
		assertThat(this.delivered).containsExactly(0);

		finish(0);
		shard.play(SHORT);
		assertThat(this.delivered).containsExactly(0, 1);
	}

	@Test
	void doNotDelayKeysNorDoKeysDelayThem() {
		PlayedShard shard = shard(4).keys((number) -> (number % 2 == 0) ? "key" : null)
			.reads(0, 1, 2, 3, 4)
			.play(SHORT);
		assertThat(this.delivered).containsExactly(0, 1, 3);

		finish(0);
		shard.play(SHORT);
		assertThat(this.delivered).containsExactly(0, 1, 3, 2);
	}

	@Test
	void oneThatFailsBlocksOnlyItself() {
		PlayedShard shard = shard(2, false, (number) -> {
			if (number == 1) {
				throw new IllegalStateException("never");
			}
			return null;
		});
		shard.reads(0, 1, 2, 3, 4).reads(5, 6).play(Duration.ofSeconds(20));
		assertThat(this.delivered).startsWith(0, 1, 2, 3, 4).contains(5, 6);
		assertThat(this.delivered.stream().filter((number) -> number == 1).count()).isGreaterThan(3);
		assertThat(shard.checkpoint()).isZero();
	}

	@Test
	void areNotRequestedWhileOthersWaitForAPermit() {
		PlayedShard shard = shard(2).reads(0, 1, 2).reads(3).play(SHORT);
		assertThat(shard.handed()).isEqualTo(1);

		finish(0);
		shard.play(SHORT);
		assertThat(shard.handed()).isEqualTo(1);

		finish(1);
		shard.play(SHORT);
		assertThat(shard.handed()).isEqualTo(2);
		assertThat(this.delivered).containsExactly(0, 1, 2, 3);
	}

	@Test
	void areFinishedBeforeASessionEnds() {
		PlayedShard shard = shard(2).reads(0, 1, 2, 3).play(SHORT);
		shard.close();
		CompletableFuture<?> closed = shard.dispatcher().closed(shard).toCompletableFuture();
		finish(1);
		shard.play(SHORT);
		assertThat(closed).isNotCompleted();

		finish(0);
		shard.play(SHORT);
		assertThat(closed).isCompleted();
		assertThat(this.delivered).containsExactly(0, 1);
		assertThat(shard.checkpoint()).isEqualTo(1);
	}

	@Test
	void areDeliveredOneByOneToABatchListener() {
		PlayedShard shard = shard(2, true, (number) -> null).reads(0, 1, 2).play(SHORT);
		assertThat(this.delivered).containsExactly(0, 1, 2);
		assertThat(shard.checkpoint()).isEqualTo(2);
	}

	private PlayedShard shard(int concurrency) {
		return shard(concurrency, false,
				(number) -> this.futures.computeIfAbsent(number, (none) -> new CompletableFuture<>()));
	}

	private PlayedShard shard(int concurrency, boolean batch, IntFunction<@Nullable CompletionStage<?>> action) {
		return new PlayedShard(new Listener(batch, action), AckMode.BATCH, concurrency, new DefaultErrorHandler(), null)
			.keys((number) -> null);
	}

	private void finish(int... numbers) {
		for (int number : numbers) {
			this.futures.get(number).complete(null);
		}
	}

	/**
	 * Takes note of what it gets.
	 */
	private final class Listener implements RecordsListener {

		private final boolean batch;

		private final IntFunction<@Nullable CompletionStage<?>> action;

		private Listener(boolean batch, IntFunction<@Nullable CompletionStage<?>> action) {
			this.batch = batch;
			this.action = action;
		}

		@Override
		public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery) {
			assertThat(records).hasSize(1);
			int number = PlayedShard.number(records.get(0));
			RecordsWithoutKeyTests.this.delivered.add(number);
			return this.action.apply(number);
		}

		@Override
		public boolean isBatch() {
			return this.batch;
		}

	}

}

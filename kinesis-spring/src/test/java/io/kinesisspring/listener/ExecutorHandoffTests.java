package io.kinesisspring.listener;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.task.TaskRejectedException;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.error.DefaultErrorHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What executors and observers throw: the shard goes on after a pause, whatever it is.
 */
class ExecutorHandoffTests {

	private static final Duration LONG = Duration.ofMinutes(1);

	private final List<Integer> delivered = new ArrayList<>();

	private final List<String> rejections = new ArrayList<>();

	@ParameterizedTest
	@CsvSource({ "1, false, rejected", "1, true, rejected", "3, false, rejected", "1, false, memory", "1, true, memory",
			"3, true, memory" })
	void submitsRejectedTasksAgain(int concurrency, boolean async, String kind) {
		int[] tasks = { 0 };
		PlayedShard shard = shard(concurrency, async).rejecting((task) -> {
			if (tasks[0]++ % 3 != 2) {
				reject(kind);
			}
		});
		shard.reads(0, 1, 2).reads(3, 4).reads(5).play(LONG);
		assertThat(this.delivered).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
		assertThat(shard.checkpoint()).isEqualTo(5);
		assertThat(shard.stopped()).isNull();
		assertThat(shard.failure()).isNull();
		assertThat(this.rejections).contains("rejected");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 3 })
	void reportsAnExecutorThatRejectsAllTasksAndBacksOff(int concurrency) {
		int[] tasks = { 0 };
		PlayedShard shard = shard(concurrency, false).rejecting((task) -> {
			tasks[0]++;
			reject("rejected");
		});
		shard.reads(0, 1, 2).play(LONG);
		assertThat(tasks[0]).isBetween(10, 80);
		assertThat(shard.failure()).isInstanceOf(TaskRejectedException.class);
		shard.close();
		shard.play(Duration.ofMillis(1));
		assertThat(shard.dispatcher().closed(shard)).isCompleted();
		assertThat(shard.failure()).isNull();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 3 })
	void runsATaskOnceThatTheExecutorAcceptsAndRejects(int concurrency) {
		int[] tasks = { 0 };
		PlayedShard shard = shard(concurrency, true);
		shard.rejecting((task) -> {
			if (tasks[0]++ % 2 == 0) {
				shard.executor.schedule(Duration.ofMillis(tasks[0] % 3 * 300), task);
				reject("memory");
			}
		});
		shard.reads(0, 1, 2, 3).play(LONG);
		assertThat(this.delivered).containsExactlyInAnyOrder(0, 1, 2, 3);
		assertThat(this.rejections).contains("rejected");
	}

	@ParameterizedTest
	@CsvSource({ "1, false", "1, true", "3, false", "3, true" })
	void ignoresExceptionsOfObservers(int concurrency, boolean async) {
		PlayedShard shard = new PlayedShard(new Numbers(async), AckMode.BATCH, concurrency, new DefaultErrorHandler(),
				null, 1 << 20, List.of(), (event) -> {
				}, new Broken());
		shard.reads(0, 1, 2).reads(3, 4).play(LONG);
		assertThat(this.delivered).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
		assertThat(shard.checkpoint()).isEqualTo(4);
		assertThat(shard.failure()).isNull();
	}

	private static void reject(String kind) {
		if (kind.equals("memory")) {
			throw new OutOfMemoryError("unable to create native thread");
		}
		throw new TaskRejectedException("full");
	}

	private PlayedShard shard(int concurrency, boolean async) {
		return new PlayedShard(new Numbers(async), AckMode.BATCH, concurrency, new DefaultErrorHandler(), null, 1 << 20,
				List.of(), (event) -> {
				}, new ListenerObserver() {

					@Override
					public void onExecutorRejected(ListenerShard shard, Throwable cause) {
						ExecutorHandoffTests.this.rejections.add("rejected");
					}

				});
	}

	/**
	 * Takes note of what it gets.
	 */
	private final class Numbers implements RecordsListener {

		private final boolean async;

		private Numbers(boolean async) {
			this.async = async;
		}

		@Override
		public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery) {
			ExecutorHandoffTests.this.delivered.add(PlayedShard.number(records.get(0)));
			return this.async ? CompletableFuture.completedFuture(null) : null;
		}

		@Override
		public boolean isBatch() {
			return false;
		}

	}

	/**
	 * Throws at all that concerns deliveries.
	 */
	private static final class Broken implements ListenerObserver {

		@Override
		public void onDeliveryQueued(ListenerShard shard, int records) {
			throw new IllegalStateException("in hand");
		}

		@Override
		public void onDeliveryDone(ListenerShard shard, int records) {
			throw new NoClassDefFoundError("Meters");
		}

		@Override
		public ListenerCall onListenerCalled(ListenerShard shard) {
			return (records, ex) -> {
				throw new IllegalStateException("stretch");
			};
		}

	}

}

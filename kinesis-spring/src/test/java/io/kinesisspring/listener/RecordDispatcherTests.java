package io.kinesisspring.listener;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.error.BatchFailedException;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.error.DeliveryFailure;
import io.kinesisspring.error.ErrorDecision;
import io.kinesisspring.error.ErrorHandler;
import io.kinesisspring.error.OnExhausted;
import io.kinesisspring.error.RecordRecoverer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RecordDispatcher}: failures, acknowledgments by hand and keys in
 * parallel, in simulated time. What a failure at any place does is in
 * {@link DeliveryMatrixTests}.
 */
class RecordDispatcherTests {

	private static final Duration SHORT = Duration.ofMillis(1);

	private final List<Integer> delivered = new ArrayList<>();

	private final List<DeliveryFailure> failures = new ArrayList<>();

	private final Map<Integer, Acknowledgment> acknowledgments = new HashMap<>();

	private final Map<Integer, CompletableFuture<Void>> futures = new HashMap<>();

	// Trap: exception → records skipped

	@Test
	void redeliversAFailedRecordAndAllLaterOnesInOrder() {
		int[] left = { 2 };
		PlayedShard shard = shard(recordListener((record) -> {
			if (PlayedShard.number(record) == 2 && left[0]-- > 0) {
				throw new IllegalStateException("not now");
			}
		}), AckMode.BATCH, 1, new DefaultErrorHandler());
		shard.reads(0, 1, 2, 3, 4).play(Duration.ofMinutes(1));
		assertThat(this.delivered).containsExactly(0, 1, 2, 2, 2, 3, 4);
		assertThat(shard.checkpoint()).isEqualTo(4);
	}

	// Trap: one undecodable record drops the whole batch

	@Test
	void anUndecodableRecordDoesNotFailItsBatch() {
		List<List<Integer>> calls = new ArrayList<>();
		List<Integer> letters = new ArrayList<>();
		RecordsListener listener = ArgumentForm.POJOS.listener((numbers, acknowledgment) -> calls.add(numbers));
		PlayedShard shard = new PlayedShard(broken(listener, 2), AckMode.BATCH, 1,
				DefaultErrorHandler.builder().onExhausted(OnExhausted.DEAD_LETTER).build(),
				RecordRecoverer.of((letter) -> letters.add(PlayedShard.number(letter.record()))));
		shard.reads(0, 1, 2, 3, 4).play(SHORT);
		assertThat(calls).containsExactly(List.of(0, 1), List.of(3, 4));
		assertThat(letters).containsExactly(2);
		assertThat(shard.checkpoint()).isEqualTo(4);
	}

	// Trap: shutdown checkpoints past failures

	@Test
	void aStopWhileARecordFailsKeepsTheCheckpointBeforeIt() {
		for (int concurrency : new int[] { 1, 2 }) {
			PlayedShard shard = shard(recordListener((record) -> {
				if (PlayedShard.number(record) == 2) {
					throw new IllegalStateException("never");
				}
			}), AckMode.BATCH, concurrency, new DefaultErrorHandler());
			shard.reads(0, 1, 2, 3, 4).play(Duration.ofMinutes(1));
			shard.close();
			shard.play(SHORT);
			assertThat(shard.dispatcher().closed(shard)).isCompleted();
			assertThat(shard.checkpoint()).isEqualTo(1);
		}
	}

	// Trap: rewind from a stale checkpoint in memory

	@Test
	void aFailureInTheSecondBatchDoesNotRedeliverTheFirst() {
		int[] left = { 1 };
		PlayedShard shard = shard(batchListener((records) -> {
			if (PlayedShard.number(records.get(0)) == 3 && left[0]-- > 0) {
				throw new IllegalStateException("not now");
			}
		}), AckMode.BATCH, 1, new DefaultErrorHandler());
		shard.reads(0, 1, 2).reads(3, 4, 5).play(Duration.ofMinutes(1));
		assertThat(this.delivered).containsExactly(0, 1, 2, 3, 4, 5, 3, 4, 5);
	}

	@Test
	void backsOffExponentiallyUpToTheMaximum() {
		PlayedShard shard = shard(recordListener((record) -> {
			throw new IllegalStateException("never");
		}), AckMode.BATCH, 1, recording(new DefaultErrorHandler()));
		shard.reads(0).play(Duration.ofMinutes(5));
		assertThat(this.failures).hasSizeBetween(16, 21);
		assertThat(this.failures.get(9).attempts()).isEqualTo(10);
	}

	@Test
	void keepsWhatABatchListenerReportsAsProcessed() {
		int[] left = { 3 };
		PlayedShard shard = shard(batchListener((records) -> {
			int index = IntStream.range(0, records.size())
				.filter((i) -> PlayedShard.number(records.get(i)) == 2)
				.findFirst()
				.orElse(-1);
			if (index >= 0 && left[0]-- > 0) {
				throw new BatchFailedException(index, new IllegalStateException("not now"));
			}
		}), AckMode.RECORD, 1, recording(new DefaultErrorHandler()));
		shard.reads(0, 1, 2, 3).play(Duration.ofMinutes(1));
		assertThat(this.delivered).containsExactly(0, 1, 2, 3, 2, 3, 2, 3, 2, 3);
		assertThat(this.failures).extracting(DeliveryFailure::attempts).containsExactly(1, 2, 3);
		assertThat(this.failures).allSatisfy((failure) -> {
			assertThat(failure.records()).isOne();
			assertThat(PlayedShard.number(failure.record())).isEqualTo(2);
			assertThat(failure.exception()).hasMessage("not now");
		});
		assertThat(shard.checkpoint()).isEqualTo(3);
	}

	@Test
	void ignoresAnIndexOutsideTheBatch() {
		PlayedShard shard = shard(batchListener((records) -> {
			throw new BatchFailedException(7, null);
		}), AckMode.BATCH, 1, recording((failure) -> ErrorDecision.retry(Duration.ofHours(1))));
		shard.reads(0, 1, 2).play(SHORT);
		assertThat(this.failures).singleElement().extracting(DeliveryFailure::records).isEqualTo(3);
	}

	@Test
	void continuesWhenBisectionFindsNoFailingRecord() {
		int[] left = { 1 };
		PlayedShard shard = shard(batchListener((records) -> {
			if (left[0]-- > 0) {
				throw new IllegalStateException("once");
			}
		}), AckMode.BATCH, 1, (failure) -> ErrorDecision.skip());
		shard.reads(0, 1, 2, 3).play(SHORT);
		assertThat(this.delivered).containsExactly(0, 1, 2, 3, 0, 1, 2, 3);
		assertThat(shard.checkpoint()).isEqualTo(3);
	}

	@Test
	void redeliversARecordWhenItsRecovererFails() {
		int[] left = { 2 };
		PlayedShard shard = new PlayedShard(recordListener((record) -> {
			if (PlayedShard.number(record) == 1) {
				throw new IllegalStateException("never");
			}
		}), AckMode.BATCH, 1, (failure) -> ErrorDecision.deadLetter(), (failure) -> {
			if (left[0]-- > 0) {
				return CompletableFuture.failedFuture(new IllegalStateException("full"));
			}
			return null;
		});
		shard.reads(0, 1, 2).play(Duration.ofMillis(100));
		assertThat(this.delivered).containsExactly(0, 1);
		assertThat(shard.checkpoint()).isZero();
		shard.play(Duration.ofMinutes(1));
		assertThat(this.delivered).containsExactly(0, 1, 1, 1, 2);
		assertThat(shard.checkpoint()).isEqualTo(2);
	}

	@Test
	void waitsForTheRecoverer() {
		CompletableFuture<Void> taken = new CompletableFuture<>();
		PlayedShard shard = new PlayedShard(recordListener((record) -> {
			if (PlayedShard.number(record) == 1) {
				throw new IllegalStateException("never");
			}
		}), AckMode.BATCH, 1, (failure) -> ErrorDecision.deadLetter(), (failure) -> taken);
		shard.reads(0, 1, 2).play(Duration.ofHours(1));
		assertThat(shard.checkpoint()).isZero();
		taken.complete(null);
		shard.play(SHORT);
		assertThat(shard.checkpoint()).isEqualTo(2);
	}

	@Test
	void passesARecordToTheRecovererOfTheHandlerAndNotToThatOfTheListener() {
		int[] left = { 2 };
		List<Integer> taken = new ArrayList<>();
		DefaultErrorHandler handler = DefaultErrorHandler.builder().maxAttempts(1).recoverer((failure) -> {
			if (left[0]-- > 0) {
				throw new AssertionError("an Error is a failure, too");
			}
			taken.add(PlayedShard.number(failure.record()));
			return null;
		}).build();
		PlayedShard shard = new PlayedShard(recordListener((record) -> {
			if (PlayedShard.number(record) == 1) {
				throw new IllegalStateException("never");
			}
		}), AckMode.BATCH, 1, handler, RecordRecoverer.of((failure) -> taken.add(-1)));
		shard.reads(0, 1, 2).play(Duration.ofMinutes(1));
		assertThat(this.delivered).containsExactly(0, 1, 1, 1, 2);
		assertThat(taken).containsExactly(1);
		assertThat(shard.checkpoint()).isEqualTo(2);
	}

	@Test
	void redeliversARecordWhenThereIsNoRecoverer() {
		PlayedShard shard = shard(recordListener((record) -> {
			throw new IllegalStateException("never");
		}), AckMode.BATCH, 1, (failure) -> ErrorDecision.deadLetter());
		shard.reads(0).play(Duration.ofMinutes(1));
		assertThat(this.delivered).hasSizeGreaterThan(5).containsOnly(0);
		assertThat(shard.checkpoint()).isEqualTo(-1);
	}

	@Test
	void redeliversARecordWhenTheErrorHandlerFails() {
		int[] left = { 3 };
		PlayedShard shard = shard(recordListener((record) -> {
			if (left[0]-- > 0) {
				throw new IllegalStateException("not now");
			}
		}), AckMode.BATCH, 1, (failure) -> {
			throw new NoClassDefFoundError("Handler");
		});
		shard.reads(0).play(Duration.ofMinutes(1));
		assertThat(this.delivered).containsExactly(0, 0, 0, 0);
		assertThat(shard.checkpoint()).isZero();
	}

	@Test
	void awaitsTheFutureOfAListenerBeforeTheNextRecord() {
		PlayedShard shard = shard(futureListener(), AckMode.RECORD, 1, new DefaultErrorHandler());
		shard.reads(0, 1).play(SHORT);
		assertThat(this.delivered).containsExactly(0);
		assertThat(shard.checkpoint()).isEqualTo(-1);
		this.futures.get(0).complete(null);
		shard.play(SHORT);
		assertThat(this.delivered).containsExactly(0, 1);
		assertThat(shard.checkpoint()).isZero();
		this.futures.get(1).completeExceptionally(new IllegalStateException("not now"));
		shard.play(Duration.ofSeconds(1));
		assertThat(this.delivered).containsExactly(0, 1, 1);
	}

	@Test
	void manualAcknowledgmentCoversAllRecordsUpToTheDelivered() {
		PlayedShard shard = shard(recordListener((record) -> {
		}), AckMode.MANUAL, 1, new DefaultErrorHandler());
		shard.reads(0, 1, 2).reads(3, 4).play(SHORT);
		assertThat(shard.checkpoint()).isEqualTo(-1);
		this.acknowledgments.get(3).acknowledge();
		assertThat(shard.checkpoint()).isEqualTo(3);
		this.acknowledgments.get(1).acknowledge();
		assertThat(shard.checkpoint()).isEqualTo(3);
	}

	@Test
	void manualAcknowledgmentCoversABatchUpToARecord() {
		PlayedShard shard = shard(batchListener((records) -> {
		}), AckMode.MANUAL, 1, new DefaultErrorHandler());
		shard.reads(0, 1, 2, 3).play(SHORT);
		this.acknowledgments.get(0).acknowledgeUpTo(shard.record(2));
		assertThat(shard.checkpoint()).isEqualTo(2);
		this.acknowledgments.get(0).acknowledge();
		assertThat(shard.checkpoint()).isEqualTo(3);
	}

	@Test
	void manualAcknowledgmentsInAnyOrderNeverPassAnUnacknowledgedRecord() {
		PlayedShard shard = shard(recordListener((record) -> {
		}), AckMode.MANUAL, 1, new DefaultErrorHandler());
		shard.reads(0, 1, 2, 3).play(SHORT);
		this.acknowledgments.get(2).acknowledgeOnly(shard.record(2));
		this.acknowledgments.get(1).acknowledgeOnly(shard.record(1));
		assertThat(shard.checkpoint()).isEqualTo(-1);
		this.acknowledgments.get(0).acknowledgeOnly(shard.record(0));
		assertThat(shard.checkpoint()).isEqualTo(2);
	}

	@Test
	void withManualAcknowledgmentASkippedRecordDoesNotAcknowledgeThoseBeforeIt() {
		PlayedShard shard = shard(recordListener((record) -> {
			if (PlayedShard.number(record) == 1) {
				throw new IllegalStateException("never");
			}
		}), AckMode.MANUAL, 1, (failure) -> ErrorDecision.skip());
		shard.reads(0, 1, 2).play(SHORT);
		assertThat(this.delivered).containsExactly(0, 1, 2);
		assertThat(shard.checkpoint()).isEqualTo(-1);
		this.acknowledgments.get(0).acknowledge();
		assertThat(shard.checkpoint()).isEqualTo(1);
	}

	@Test
	void withKeysInParallelAManualAcknowledgmentCoversOnlyItsOwnRecords() {
		PlayedShard shard = shard(recordListener((record) -> {
		}), AckMode.MANUAL, 3, new DefaultErrorHandler());
		shard.reads(0, 1, 2).play(SHORT);
		this.acknowledgments.get(2).acknowledge();
		assertThat(shard.checkpoint()).isEqualTo(-1);
		this.acknowledgments.get(0).acknowledge();
		assertThat(shard.checkpoint()).isZero();
		this.acknowledgments.get(1).acknowledge();
		assertThat(shard.checkpoint()).isEqualTo(2);
	}

	@Test
	void withKeysInParallelRunsUpToTheLimitAndTheRecordsOfAKeyOneByOne() {
		PlayedShard shard = shard(futureListener(), AckMode.RECORD, 2, new DefaultErrorHandler());
		shard.reads(0, 1, 2, 3, 4, 5).play(SHORT);
		assertThat(this.delivered).containsExactly(0, 1);
		this.futures.get(0).complete(null);
		shard.play(SHORT);
		assertThat(this.delivered).containsExactly(0, 1, 3);
		this.futures.get(1).complete(null);
		shard.play(SHORT);
		assertThat(this.delivered).containsExactly(0, 1, 3, 4);
		assertThat(shard.checkpoint()).isEqualTo(1);
	}

	@Test
	void withKeysInParallelRequestsRecordsAsSoonAsThereIsCapacity() {
		PlayedShard shard = shard(futureListener(), AckMode.RECORD, 2, new DefaultErrorHandler());
		shard.reads(0).reads(3).reads(1).reads(2).play(SHORT);
		assertThat(shard.handed()).isEqualTo(3);
		assertThat(this.delivered).containsExactly(0, 1);
		this.futures.get(1).complete(null);
		shard.play(SHORT);
		assertThat(shard.handed()).isEqualTo(4);
		assertThat(this.delivered).containsExactly(0, 1, 2);
	}

	@Test
	void withKeysInParallelAFailingKeyUsesNoCapacityDuringItsBackOff() {
		PlayedShard shard = shard(recordListener((record) -> {
			if (PlayedShard.number(record) % 3 == 0) {
				throw new IllegalStateException("never");
			}
		}), AckMode.RECORD, 1 + 1, new DefaultErrorHandler());
		shard.reads(0, 1, 2, 3, 4, 5).readsEach(6, 60).play(Duration.ofMinutes(1));
		assertThat(this.delivered).filteredOn((number) -> number % 3 != 0).hasSize(40);
		assertThat(this.delivered).filteredOn((number) -> number % 3 == 0).containsOnly(0);
		assertThat(shard.checkpoint()).isEqualTo(-1);
	}

	@Test
	void withKeysInParallelPausesTheShardWhileWaitingRecordsUseTooMuchMemory() {
		boolean[] broken = { true };
		PlayedShard shard = new PlayedShard(recordListener((record) -> {
			if (PlayedShard.number(record) % 3 == 0 && broken[0]) {
				throw new IllegalStateException("not now");
			}
		}), AckMode.RECORD, 2, new DefaultErrorHandler(), null, 1_000, List.of(), (event) -> {
		});
		shard.readsEach(0, 90).play(Duration.ofMinutes(10));
		assertThat(shard.handed()).isBetween(13, 20);
		assertThat(shard.retained()).isBetween(800L, 1_100L);
		broken[0] = false;
		shard.play(Duration.ofMinutes(1));
		assertThat(shard.handed()).isEqualTo(90);
		assertThat(shard.retained()).isZero();
		assertThat(shard.checkpoint()).isEqualTo(89);
	}

	@Test
	void withKeysInParallelAStoppedShardDeliversNoMoreRecordsOfTheKey() {
		PlayedShard shard = shard(recordListener((record) -> {
			if (PlayedShard.number(record) == 3) {
				throw new IllegalStateException("never");
			}
		}), AckMode.RECORD, 2, (failure) -> ErrorDecision.stopShard());
		shard.reads(0, 1, 2, 3).reads(4, 5, 6, 7, 8, 9).play(Duration.ofMinutes(1));
		assertThat(this.delivered).doesNotContain(6, 9);
		assertThat(shard.stopped()).isNotNull();
		assertThat(shard.checkpoint()).isLessThan(3);
		assertThat(shard.dispatcher().closed(shard)).isCompleted();
		assertThat(shard.retained()).isZero();
	}

	@Test
	void withKeysInParallelAwaitsTheEndOfASession() {
		PlayedShard shard = shard(futureListener(), AckMode.RECORD, 2, new DefaultErrorHandler());
		shard.reads(0, 1, 3).play(SHORT);
		shard.close();
		CompletableFuture<Void> closed = shard.dispatcher().closed(shard);
		this.futures.get(0).complete(null);
		shard.play(SHORT);
		assertThat(closed).isNotDone();
		this.futures.get(1).complete(null);
		shard.play(SHORT);
		assertThat(closed).isCompleted();
		assertThat(this.delivered).containsExactly(0, 1);
		assertThat(shard.checkpoint()).isEqualTo(1);
	}

	@Test
	void withKeysInParallelFinishesOvertakenRecordsBeforeTheSessionEnds() {
		PlayedShard shard = shard(futureListener(), AckMode.RECORD, 2, new DefaultErrorHandler());
		shard.reads(0, 1, 3, 4, 6, 7).play(SHORT);
		this.futures.get(1).complete(null);
		shard.play(SHORT);
		shard.close();
		for (int number : new int[] { 4, 0, 3 }) {
			this.futures.get(number).complete(null);
			shard.play(SHORT);
		}
		assertThat(this.delivered).containsExactly(0, 1, 4, 3);
		assertThat(shard.checkpoint()).isEqualTo(4);
		assertThat(shard.dispatcher().closed(shard)).isCompleted();
	}

	@Test
	void withKeysInParallelDeliversNothingAfterAFailedRecordWhenTheSessionEnds() {
		PlayedShard shard = shard(recordListener((record) -> {
			if (PlayedShard.number(record) == 0) {
				throw new IllegalStateException("never");
			}
		}), AckMode.RECORD, 2, new DefaultErrorHandler());
		shard.reads(0, 1, 2).reads(3, 4, 5).reads(6, 7, 8).play(Duration.ofSeconds(10));
		shard.close();
		shard.play(SHORT);
		assertThat(this.delivered).doesNotContain(3, 6).contains(7, 8);
		assertThat(shard.dispatcher().closed(shard)).isCompleted();
	}

	@Test
	void withKeysInParallelStartsNothingWhenTheLeaseIsLost() {
		PlayedShard shard = shard(futureListener(), AckMode.RECORD, 2, new DefaultErrorHandler());
		shard.reads(0, 1, 3, 4).play(SHORT);
		this.futures.get(1).complete(null);
		shard.play(SHORT);
		shard.lose();
		this.futures.get(0).complete(null);
		this.futures.get(4).complete(null);
		shard.play(SHORT);
		assertThat(this.delivered).containsExactly(0, 1, 4);
	}

	private PlayedShard shard(RecordsListener listener, AckMode ackMode, int concurrency, ErrorHandler errorHandler) {
		return new PlayedShard(listener, ackMode, concurrency, errorHandler, null);
	}

	private ErrorHandler recording(ErrorHandler errorHandler) {
		return (failure) -> {
			this.failures.add(failure);
			return errorHandler.handle(failure);
		};
	}

	private RecordsListener recordListener(Action<KinesisRecord<byte[]>> action) {
		return new PlayedListener(false, (records) -> {
			action.on(records.get(0));
			return null;
		});
	}

	private RecordsListener batchListener(Action<List<KinesisRecord<byte[]>>> action) {
		return new PlayedListener(true, (records) -> {
			action.on(records);
			return null;
		});
	}

	private RecordsListener futureListener() {
		return new PlayedListener(false, (records) -> {
			CompletableFuture<Void> future = new CompletableFuture<>();
			this.futures.put(PlayedShard.number(records.get(0)), future);
			return future;
		});
	}

	/**
	 * What is handed to the listener has one record that is no JSON.
	 */
	private static RecordsListener broken(RecordsListener listener, int number) {
		return new RecordsListener() {

			@Override
			public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery)
					throws Exception {
				return listener.onRecords(records.stream()
					.map((record) -> (PlayedShard.number(record) != number) ? record
							: record.withPayload(new byte[] { '{' }))
					.toList(), delivery);
			}

			@Override
			public boolean isBatch() {
				return listener.isBatch();
			}

		};
	}

	/**
	 * What a listener does.
	 *
	 * @param <T> what it does it to
	 */
	@FunctionalInterface
	private interface Action<T> {

		void on(T records);

	}

	/**
	 * Takes note of what it gets.
	 */
	private final class PlayedListener implements RecordsListener {

		private final boolean batch;

		private final Function<List<KinesisRecord<byte[]>>, @Nullable CompletionStage<?>> action;

		private PlayedListener(boolean batch,
				Function<List<KinesisRecord<byte[]>>, @Nullable CompletionStage<?>> action) {
			this.batch = batch;
			this.action = action;
		}

		@Override
		public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery) {
			records.forEach((record) -> RecordDispatcherTests.this.delivered.add(PlayedShard.number(record)));
			RecordDispatcherTests.this.acknowledgments.put(PlayedShard.number(records.get(0)),
					delivery.acknowledgment());
			return this.action.apply(records);
		}

		@Override
		public boolean isBatch() {
			return this.batch;
		}

	}

}

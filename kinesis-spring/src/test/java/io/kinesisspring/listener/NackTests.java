package io.kinesisspring.listener;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.error.BatchFailedException;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.error.DeliveryFailure;
import io.kinesisspring.error.ErrorDecision;
import io.kinesisspring.error.ErrorHandler;
import io.kinesisspring.testing.CapturedLog;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of records that a listener acknowledges negatively.
 */
class NackTests {

	private static final Duration PAUSE = Duration.ofSeconds(10);

	private static final Duration LONG = Duration.ofMinutes(10);

	private final List<List<Integer>> calls = new ArrayList<>();

	private final List<DeliveryFailure> failures = new ArrayList<>();

	private final List<Integer> attempts = new ArrayList<>();

	private final AtomicInteger nacked = new AtomicInteger();

	@ParameterizedTest
	@EnumSource(names = { "POJO", "RECORD", "MESSAGE", "FUTURE" })
	void aRecordComesAgainAfterThePauseAndBeforeAllOthers(ArgumentForm form) {
		PlayedShard shard = shard(form.listener((numbers, acknowledgment) -> {
			this.calls.add(numbers);
			if (this.calls.size() == 2) {
				acknowledgment.nack(PAUSE);
				return;
			}
			acknowledgment.acknowledge();
		}), 1);
		shard.reads(0, 1, 2).reads(3).play(PAUSE.minusSeconds(1));
		assertThat(this.calls).containsExactly(List.of(0), List.of(1));
		assertThat(shard.checkpoint()).isEqualTo(0);
		shard.play(LONG);
		assertThat(this.calls).containsExactly(List.of(0), List.of(1), List.of(1), List.of(2), List.of(3));
		assertThat(shard.checkpoint()).isEqualTo(3);
		assertThat(this.failures).isEmpty();
		assertThat(this.nacked).hasValue(1);
	}

	@ParameterizedTest
	@EnumSource(names = { "POJOS", "RECORDS", "MESSAGES", "FUTURE_OF_BATCH" })
	void acknowledgesTheRecordsBeforeTheIndexAndDeliversTheOthersAgain(ArgumentForm form) {
		PlayedShard shard = shard(form.listener((numbers, acknowledgment) -> {
			this.calls.add(numbers);
			if (this.calls.size() == 1) {
				acknowledgment.nack(2, PAUSE);
				return;
			}
			acknowledgment.acknowledge();
		}), 1);
		shard.reads(0, 1, 2, 3).reads(4).play(PAUSE.minusSeconds(1));
		assertThat(this.calls).containsExactly(List.of(0, 1, 2, 3));
		assertThat(shard.checkpoint()).isEqualTo(1);
		shard.play(LONG);
		assertThat(this.calls).containsExactly(List.of(0, 1, 2, 3), List.of(2, 3), List.of(4));
		assertThat(shard.checkpoint()).isEqualTo(4);
		assertThat(this.nacked).hasValue(2);
	}

	@Test
	void delaysOnlyItsOwnKey() {
		PlayedShard shard = shard(new Listener((numbers, acknowledgment) -> {
			if (numbers.equals(List.of(0)) && this.calls.size() == 1) {
				acknowledgment.nack(PAUSE);
				return;
			}
			acknowledgment.acknowledge();
		}, false), 3);
		shard.reads(0, 1, 2, 3, 4, 5).play(PAUSE.minusSeconds(1));
		assertThat(this.calls).containsExactlyInAnyOrder(List.of(0), List.of(1), List.of(2), List.of(4), List.of(5));
		assertThat(shard.checkpoint()).isEqualTo(-1);
		shard.play(LONG);
		assertThat(this.calls).endsWith(List.of(0), List.of(3));
		assertThat(shard.checkpoint()).isEqualTo(5);
	}

	@Test
	void acknowledgedRecordsDoNotComeAgain() {
		PlayedShard shard = shard((records, delivery) -> {
			this.calls.add(records.stream().map(PlayedShard::number).toList());
			if (this.calls.size() == 1) {
				delivery.acknowledgment().acknowledgeOnly(records.get(3));
				delivery.acknowledgment().nack(1, PAUSE);
			}
			else {
				delivery.acknowledgment().acknowledge();
			}
			return null;
		}, true, 1, this::again);
		shard.reads(0, 1, 2, 3).play(LONG);
		assertThat(this.calls).containsExactly(List.of(0, 1, 2, 3), List.of(1, 2));
		assertThat(shard.checkpoint()).isEqualTo(3);
	}

	@Test
	void aNackOfAcknowledgedRecordsHasNoEffect() {
		PlayedShard shard = shard(new Listener((numbers, acknowledgment) -> {
			acknowledgment.nack(PAUSE);
			acknowledgment.acknowledge();
		}, true), 1);
		shard.reads(0, 1).reads(2).play(Duration.ofSeconds(1));
		assertThat(this.calls).containsExactly(List.of(0, 1), List.of(2));
		assertThat(shard.checkpoint()).isEqualTo(2);
	}

	@Test
	void countsTheIndexAmongTheRecordsThatTheFilterAccepts() {
		RecordsListener filtered = new FilteredListener(new Listener((numbers, acknowledgment) -> {
			if (this.calls.size() == 1) {
				acknowledgment.nack(1, PAUSE);
				return;
			}
			acknowledgment.acknowledge();
		}, true), (record) -> PlayedShard.number(record) % 2 == 1, ListenerObserver.NONE);
		PlayedShard shard = shard(filtered, 1);
		shard.reads(0, 1, 2, 3, 4, 5).play(Duration.ofSeconds(1));
		assertThat(shard.checkpoint()).isEqualTo(2);
		shard.play(LONG);
		assertThat(this.calls).containsExactly(List.of(1, 3, 5), List.of(3, 5));
		assertThat(shard.checkpoint()).isEqualTo(5);
	}

	@Test
	void recordsBeforeOneThatCannotBeConvertedComeAgainFirst() {
		PlayedShard shard = shard((records, delivery) -> {
			List<KinesisRecord<byte[]>> before = records.stream()
				.filter((record) -> PlayedShard.number(record) < 2)
				.toList();
			if (before.isEmpty()) {
				throw new BatchFailedException(0, new IllegalStateException("no JSON"));
			}
			this.calls.add(before.stream().map(PlayedShard::number).toList());
			Acknowledgment acknowledgment = delivery.covering(before).acknowledgment();
			if (this.calls.size() == 1) {
				acknowledgment.nack(1, PAUSE);
			}
			else {
				acknowledgment.acknowledge();
			}
			throw new BatchFailedException(before.size(), new IllegalStateException("no JSON"));
		}, true, 1, (failure) -> {
			this.failures.add(failure);
			return ErrorDecision.skip();
		});
		shard.reads(0, 1, 2).play(LONG);
		assertThat(this.calls).containsExactly(List.of(0, 1), List.of(1));
		assertThat(this.failures).extracting((failure) -> PlayedShard.number(failure.record())).containsExactly(2);
		assertThat(shard.checkpoint()).isEqualTo(2);
	}

	@Test
	void theErrorHandlerDecidesIfTheListenerThrowsAsWell() {
		PlayedShard shard = shard(new Listener((numbers, acknowledgment) -> {
			if (this.calls.size() == 1) {
				acknowledgment.nack(LONG);
				throw new IllegalStateException("not now");
			}
			acknowledgment.acknowledge();
		}, false), 1);
		shard.reads(0).play(PAUSE);
		assertThat(this.failures).hasSize(1);
		assertThat(this.calls).containsExactly(List.of(0), List.of(0));
		assertThat(shard.checkpoint()).isEqualTo(0);
	}

	@Test
	void isNoAttempt() {
		PlayedShard shard = shard(new Listener((numbers, acknowledgment) -> {
			switch (this.calls.size()) {
				case 1, 4 -> throw new IllegalStateException("not now");
				case 2, 3 -> acknowledgment.nack(PAUSE);
				default -> acknowledgment.acknowledge();
			}
		}, false), 1);
		shard.reads(0).play(LONG);
		assertThat(this.failures).extracting(DeliveryFailure::attempts).containsExactly(1, 2);
		assertThat(this.attempts).containsExactly(1, 2, 2, 2, 3);
		assertThat(shard.failure()).isNull();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aNackAfterTheDeliveryHasNoEffectAndWarnsOnce(boolean later) {
		List<Acknowledgment> kept = new ArrayList<>();
		List<CompletableFuture<Void>> futures = new ArrayList<>();
		PlayedShard shard = shard((records, delivery) -> {
			this.calls.add(records.stream().map(PlayedShard::number).toList());
			kept.add(delivery.acknowledgment());
			futures.add(new CompletableFuture<>());
			return later ? futures.get(futures.size() - 1) : null;
		}, true, 1, new DefaultErrorHandler());
		shard.reads(0, 1).reads(2, 3).play(PAUSE);
		futures.get(0).complete(null);
		shard.play(PAUSE);
		try (CapturedLog log = CapturedLog.of(WatermarkProgress.class)) {
			kept.get(0).nack(1, PAUSE);
			kept.get(0).nack(PAUSE);
			shard.play(LONG);
			assertThat(log.messages(Level.WARN)).hasSize(1)
				.first()
				.asString()
				.startsWith("A nack has no effect, because the delivery is over: ");
		}
		assertThat(this.calls).containsExactly(List.of(0, 1), List.of(2, 3));
		assertThat(shard.checkpoint()).isEqualTo(-1);
		kept.get(0).acknowledge();
		assertThat(shard.checkpoint()).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(ints = { -1, 2 })
	void rejectsAnIndexThatIsNotOneOfTheBatch(int index) {
		PlayedShard shard = shard(new Listener((numbers, acknowledgment) -> {
			if (this.calls.size() == 1) {
				acknowledgment.nack(index, PAUSE);
			}
			acknowledgment.acknowledge();
		}, true), 1);
		shard.reads(0, 1).play(LONG);
		assertThat(this.failures).extracting(DeliveryFailure::exception)
			.singleElement()
			.isInstanceOf(IllegalArgumentException.class)
			.extracting(Throwable::getMessage)
			.isEqualTo("The index " + index + " of a nack is out of range: the listener got 2 records");
		assertThat(shard.checkpoint()).isEqualTo(1);
	}

	@Test
	void failsWithoutTheAckModeManual() {
		PlayedShard shard = new PlayedShard(new Listener((numbers, acknowledgment) -> {
			if (this.calls.size() == 1) {
				acknowledgment.nack(PAUSE);
			}
		}, false), AckMode.RECORD, 1, this::again, null);
		shard.reads(0).play(LONG);
		assertThat(this.failures).extracting(DeliveryFailure::exception)
			.singleElement()
			.isInstanceOf(UnsupportedOperationException.class);
	}

	@Test
	void aSessionThatEndsDuringThePauseDeliversNothing() {
		PlayedShard shard = shard(new Listener((numbers, acknowledgment) -> acknowledgment.nack(PAUSE), true), 1);
		shard.reads(0, 1).play(Duration.ofSeconds(1));
		shard.close();
		shard.play(LONG);
		assertThat(this.calls).containsExactly(List.of(0, 1));
		assertThat(shard.isWaiting()).isFalse();
		assertThat(shard.checkpoint()).isEqualTo(-1);
	}

	private ErrorDecision again(DeliveryFailure failure) {
		this.failures.add(failure);
		return ErrorDecision.retry(Duration.ofMillis(100));
	}

	private PlayedShard shard(RecordsListener listener, int concurrency) {
		return shard(listener, concurrency, this::again);
	}

	private PlayedShard shard(Taking taking, boolean batch, int concurrency, ErrorHandler errorHandler) {
		return shard(new RecordsListener() {

			@Override
			public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery) {
				return taking.take(records, delivery);
			}

			@Override
			public boolean isBatch() {
				return batch;
			}

		}, concurrency, errorHandler);
	}

	private PlayedShard shard(RecordsListener listener, int concurrency, ErrorHandler errorHandler) {
		return new PlayedShard(listener, AckMode.MANUAL, concurrency, errorHandler, null, 1 << 20, List.of(),
				(event) -> {
				}, new ListenerObserver() {

					@Override
					public void onNacked(ListenerShard shard, int records) {
						NackTests.this.nacked.addAndGet(records);
					}

				});
	}

	@FunctionalInterface
	private interface Taking {

		@Nullable CompletionStage<?> take(List<KinesisRecord<byte[]>> records, RecordsListener.Delivery delivery);

	}

	/**
	 * Takes note of its calls.
	 */
	private final class Listener implements RecordsListener {

		private final ArgumentForm.Taker action;

		private final boolean batch;

		private Listener(ArgumentForm.Taker action, boolean batch) {
			this.action = action;
			this.batch = batch;
		}

		@Override
		public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery) {
			List<Integer> numbers = records.stream().map(PlayedShard::number).toList();
			NackTests.this.calls.add(numbers);
			NackTests.this.attempts.add(delivery.attempt());
			this.action.take(numbers, delivery.acknowledgment());
			return null;
		}

		@Override
		public boolean isBatch() {
			return this.batch;
		}

	}

}

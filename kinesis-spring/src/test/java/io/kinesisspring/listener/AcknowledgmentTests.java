package io.kinesisspring.listener;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

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
import io.kinesisspring.error.OnExhausted;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an acknowledgment by hand covers: what the listener was called with and never
 * more. And what becomes of records that are acknowledged before the listener throws.
 */
class AcknowledgmentTests {

	private static final Duration LONG = Duration.ofMinutes(10);

	private final List<List<Integer>> calls = new ArrayList<>();

	private final Map<Integer, Acknowledgment> acknowledgments = new HashMap<>();

	private final List<DeliveryFailure> failures = new ArrayList<>();

	@ParameterizedTest
	@EnumSource(names = { "POJOS", "RECORDS", "MESSAGES", "FUTURE_OF_BATCH" })
	void doesNotAcknowledgeARecordThatCannotBeConverted(ArgumentForm form) {
		for (int concurrency : new int[] { 1, 3 }) {
			this.calls.clear();
			RecordsListener listener = form.listener((numbers, acknowledgment) -> {
				this.calls.add(numbers);
				acknowledgment.acknowledge();
			});
			PlayedShard shard = shard(new Breaking(listener, 5), concurrency, new DefaultErrorHandler());
			shard.reads(2, 5, 8, 11).play(LONG);
			assertThat(this.calls).containsExactly(List.of(2));
			assertThat(shard.checkpoint()).isEqualTo(2);
			assertThat(shard.stopped()).isNotNull();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 3 })
	void doesNotAcknowledgeARecordAtWhichTheFilterFails(int concurrency) {
		RecordsListener filtered = new FilteredListener(batch(Acknowledgment::acknowledge), (record) -> {
			if (PlayedShard.number(record) == 8) {
				throw new NoClassDefFoundError("Rules");
			}
			return PlayedShard.number(record) != 2;
		}, ListenerObserver.NONE);
		PlayedShard shard = shard(filtered, concurrency, exhausted(1, OnExhausted.STOP_SHARD));
		shard.reads(2, 5, 8, 11).play(LONG);
		assertThat(this.calls).containsExactly(List.of(5));
		assertThat(shard.checkpoint()).isEqualTo(5);
	}

	@Test
	void aSmallerBatchHasAnAcknowledgmentOfItsOwnRecords() {
		RecordsListener listener = batch((acknowledgment) -> {
		});
		PlayedShard shard = shard(new RecordsListener() {

			@Override
			public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery)
					throws Exception {
				List<KinesisRecord<byte[]>> part = records.stream()
					.filter((record) -> PlayedShard.number(record) % 2 == 1)
					.toList();
				return listener.onRecords(part, delivery.covering(part));
			}

			@Override
			public boolean isBatch() {
				return true;
			}

		}, 1, new DefaultErrorHandler());
		shard.reads(0, 1, 2, 3, 4).play(LONG);
		Acknowledgment acknowledgment = this.acknowledgments.get(1);
		acknowledgment.acknowledgeOnly(shard.record(0));
		acknowledgment.acknowledgeUpTo(shard.record(4));
		acknowledgment.acknowledge();
		assertThat(shard.checkpoint()).isEqualTo(-1);
	}

	@Test
	void anAcknowledgmentOfOneBatchDoesNotCoverALaterOne() {
		PlayedShard shard = shard(batch((acknowledgment) -> {
		}), 1, new DefaultErrorHandler());
		shard.reads(0, 1, 2).reads(3, 4).play(LONG);
		this.acknowledgments.get(0).acknowledgeOnly(shard.record(4));
		this.acknowledgments.get(0).acknowledgeUpTo(shard.record(4));
		assertThat(shard.checkpoint()).isEqualTo(2);
		this.acknowledgments.get(3).acknowledgeOnly(shard.record(4));
		assertThat(shard.checkpoint()).isEqualTo(2);
		this.acknowledgments.get(3).acknowledge();
		assertThat(shard.checkpoint()).isEqualTo(4);
	}

	@Test
	void doesNotRedeliverAcknowledgedRecordsWhenALaterOneFails() {
		int[] left = { 3 };
		PlayedShard shard = shard(new Batch((records, acknowledgment) -> {
			for (KinesisRecord<byte[]> record : records) {
				if (PlayedShard.number(record) == 2 && left[0]-- > 0) {
					throw new IllegalStateException("not now");
				}
				acknowledgment.acknowledgeUpTo(record);
			}
		}), 1, this::again);
		shard.reads(0, 1, 2, 3).play(LONG);
		assertThat(this.calls).containsExactly(List.of(0, 1, 2, 3), List.of(2, 3), List.of(2, 3), List.of(2, 3));
		assertThat(this.failures).extracting((failure) -> PlayedShard.number(failure.record())).containsOnly(2);
		assertThat(this.failures).extracting(DeliveryFailure::attempts).containsExactly(1, 2, 3);
		assertThat(shard.checkpoint()).isEqualTo(3);
	}

	@Test
	void doesNotRedeliverAcknowledgedRecordsBetweenOthers() {
		int[] left = { 1 };
		PlayedShard shard = shard(new Batch((records, acknowledgment) -> {
			if (left[0]-- > 0) {
				acknowledgment.acknowledgeOnly(records.get(1));
				acknowledgment.acknowledgeOnly(records.get(4));
				throw new IllegalStateException("not now");
			}
			acknowledgment.acknowledge();
		}), 1, this::again);
		shard.reads(0, 1, 2, 3, 4).play(LONG);
		assertThat(this.calls).containsExactly(List.of(0, 1, 2, 3, 4), List.of(0, 2, 3));
		assertThat(shard.checkpoint()).isEqualTo(4);
	}

	@Test
	void doesNotRedeliverRecordsAcknowledgedDuringTheBackOff() {
		PlayedShard shard = shard(new Batch((records, acknowledgment) -> {
			if (this.calls.size() == 1) {
				throw new IllegalStateException("not now");
			}
		}), 1, (failure) -> ErrorDecision.retry(Duration.ofMinutes(1)));
		shard.reads(0, 1, 2).play(Duration.ofSeconds(1));
		this.acknowledgments.get(0).acknowledgeUpTo(shard.record(1));
		shard.play(LONG);
		assertThat(this.calls).containsExactly(List.of(0, 1, 2), List.of(2));
	}

	@Test
	void doesNotRetryARecordAcknowledgedBeforeItsListenerThrows() {
		for (ArgumentForm form : new ArgumentForm[] { ArgumentForm.POJO, ArgumentForm.FUTURE, ArgumentForm.POJOS }) {
			this.calls.clear();
			PlayedShard shard = shard(form.listener((numbers, acknowledgment) -> {
				this.calls.add(numbers);
				acknowledgment.acknowledge();
				throw new IllegalStateException("too late");
			}), 1, this::again);
			shard.reads(0, 1).reads(2, 3).play(LONG);
			assertThat(this.calls.stream().flatMap(List::stream)).containsExactly(0, 1, 2, 3);
			assertThat(this.failures).isEmpty();
			assertThat(shard.checkpoint()).isEqualTo(3);
			assertThat(shard.failure()).isNull();
		}
	}

	@Test
	void countsNoAttemptForTheRestOfABatchWhoseFailedRecordWasAcknowledged() {
		PlayedShard shard = shard(new Batch((records, acknowledgment) -> {
			if (records.size() == 2) {
				acknowledgment.acknowledgeOnly(records.get(1));
				throw new IllegalStateException("of the second one");
			}
			acknowledgment.acknowledge();
		}), 1, exhausted(1, OnExhausted.SKIP));
		shard.reads(0, 1).play(LONG);
		assertThat(this.calls).containsExactly(List.of(0, 1), List.of(0));
		assertThat(shard.checkpoint()).isEqualTo(1);
	}

	@Test
	void bisectionDoesNotRedeliverAcknowledgedRecords() {
		PlayedShard shard = shard(new Batch((records, acknowledgment) -> {
			for (KinesisRecord<byte[]> record : records) {
				if (PlayedShard.number(record) == 5) {
					throw new IllegalStateException("never");
				}
				acknowledgment.acknowledgeOnly(record);
			}
		}), 1, exhausted(1, OnExhausted.SKIP));
		shard.reads(0, 1, 2, 3, 4, 5, 6, 7).play(LONG);
		assertThat(this.calls.stream().flatMap(List::stream).filter((number) -> number < 5)).containsExactly(0, 1, 2, 3,
				4);
		assertThat(this.calls.stream().flatMap(List::stream).filter((number) -> number > 5)).contains(6, 7);
		assertThat(shard.checkpoint()).isEqualTo(7);
	}

	@Test
	void doesNotRetryANamedRecordThatWasAcknowledged() {
		PlayedShard shard = shard(new Batch((records, acknowledgment) -> {
			acknowledgment.acknowledgeUpTo(records.get(Math.min(1, records.size() - 1)));
			if (records.size() == 3) {
				throw new BatchFailedException(1, new IllegalStateException("too late"));
			}
		}), 1, this::again);
		shard.reads(0, 1, 2).play(LONG);
		assertThat(this.calls).containsExactly(List.of(0, 1, 2), List.of(2));
		assertThat(this.failures).isEmpty();
		assertThat(shard.checkpoint()).isEqualTo(2);
	}

	private ErrorDecision again(DeliveryFailure failure) {
		this.failures.add(failure);
		return ErrorDecision.retry(Duration.ofMillis(100));
	}

	private static DefaultErrorHandler exhausted(int attempts, OnExhausted onExhausted) {
		return DefaultErrorHandler.builder().maxAttempts(attempts).onExhausted(onExhausted).build();
	}

	private static PlayedShard shard(RecordsListener listener, int concurrency, ErrorHandler errorHandler) {
		return new PlayedShard(listener, AckMode.MANUAL, concurrency, errorHandler, null);
	}

	private RecordsListener batch(Consumer<Acknowledgment> action) {
		return new Batch((records, acknowledgment) -> action.accept(acknowledgment));
	}

	/**
	 * Takes note of its calls.
	 */
	private final class Batch implements RecordsListener {

		private final BiConsumer<List<KinesisRecord<byte[]>>, Acknowledgment> action;

		private Batch(BiConsumer<List<KinesisRecord<byte[]>>, Acknowledgment> action) {
			this.action = action;
		}

		@Override
		public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery) {
			AcknowledgmentTests.this.calls.add(records.stream().map(PlayedShard::number).toList());
			AcknowledgmentTests.this.acknowledgments.put(PlayedShard.number(records.get(0)), delivery.acknowledgment());
			this.action.accept(records, delivery.acknowledgment());
			return null;
		}

		@Override
		public boolean isBatch() {
			return true;
		}

	}

	/**
	 * Hands on one record that is no JSON.
	 *
	 * @param listener gets the records
	 * @param number the number of that one
	 */
	private record Breaking(RecordsListener listener, int number) implements RecordsListener {

		@Override
		public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery)
				throws Exception {
			return this.listener.onRecords(records.stream()
				.map((record) -> (PlayedShard.number(record) != this.number) ? record
						: record.withPayload(new byte[] { '{' }))
				.toList(), delivery);
		}

		@Override
		public boolean isBatch() {
			return this.listener.isBatch();
		}

	}

}

package io.kinesisspring.listener;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.NotRetryable;
import io.kinesisspring.converter.SchemaRegistryUnavailableException;
import io.kinesisspring.error.BatchFailedException;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.error.DeliveryFailure;
import io.kinesisspring.error.OnExhausted;
import io.kinesisspring.error.RecordRecoverer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What counts as an attempt: each record has its own count, and the search for a failing
 * one counts for nobody.
 */
class AttemptsTests {

	private final List<List<Integer>> calls = new ArrayList<>();

	private final List<DeliveryFailure> failures = new ArrayList<>();

	private final List<DeliveryFailure> recovered = new ArrayList<>();

	@Test
	void retriesAHealthyRecordBesideOneThatIsNotRetryable() {
		int[] left = { 1 };
		PlayedShard shard = play(3,
				(number) -> number == 6 && this.calls.get(this.calls.size() - 1).size() == 1 && left[0]-- > 0,
				new Hopeless(), 7);
		assertThat(numbers(this.recovered)).containsExactly(7);
		assertThat(this.recovered.get(0).attempts()).isOne();
		assertThat(this.failures).filteredOn((failure) -> PlayedShard.number(failure.record()) == 6)
			.extracting(DeliveryFailure::attempts)
			.containsExactly(1);
		assertThat(shard.checkpoint()).isEqualTo(7);
	}

	@Test
	void retriesAHealthyRecordBesideOneWhoseAttemptsAreExhausted() {
		int[] left = { 1 };
		play(3, (number) -> number == 6 && this.calls.get(this.calls.size() - 1).size() == 1 && left[0]-- > 0,
				new IllegalStateException("never"), 7);
		assertThat(numbers(this.recovered)).containsExactly(7);
	}

	@Test
	void countsTheAttemptsOfADeadLetterByItsRecord() {
		play(3, (number) -> false, new IllegalStateException("never"), 7);
		assertThat(this.recovered).singleElement().extracting(DeliveryFailure::attempts).isEqualTo(3);
		assertThat(this.failures).allSatisfy((failure) -> assertThat(failure.attempts()).isBetween(1, 3));
		assertThat(this.calls).filteredOn((call) -> call.equals(List.of(7))).hasSize(3);
		assertThat(this.calls).filteredOn((call) -> call.size() == 8).hasSize(3);
	}

	@Test
	void countsTheAttemptsOfANamedRecordFromItsFirstFailure() {
		play(3, (number) -> false, new BatchFailedException(0, new IllegalStateException("never")), 0);
		assertThat(this.failures).extracting(DeliveryFailure::records).containsExactly(1, 1, 1);
		assertThat(this.failures).extracting(DeliveryFailure::attempts).containsExactly(1, 2, 3);
		assertThat(this.recovered).singleElement().extracting(DeliveryFailure::attempts).isEqualTo(3);
	}

	@Test
	void retriesWhatIsUnavailableWithoutLimitAndAsksNoErrorHandler() {
		int[] left = { 20 };
		PlayedShard shard = playUnavailable(left, 0);
		assertThat(left[0]).isZero();
		assertThat(this.failures).isEmpty();
		assertThat(this.recovered).isEmpty();
		assertThat(shard.checkpoint()).isEqualTo(7);
	}

	@Test
	void countsNoAttemptWhileSomethingIsUnavailable() {
		PlayedShard shard = playUnavailable(new int[] { 20 }, 2);
		assertThat(this.failures).extracting(DeliveryFailure::attempts).containsExactly(1, 2);
		assertThat(this.recovered).isEmpty();
		assertThat(shard.checkpoint()).isEqualTo(7);
	}

	/**
	 * Record 3 waits for something that is unavailable, and fails after that. Three
	 * attempts are allowed.
	 */
	private PlayedShard playUnavailable(int[] unavailable, int failing) {
		int[] left = { failing };
		DefaultErrorHandler handler = DefaultErrorHandler.builder()
			.maxAttempts(3)
			.onExhausted(OnExhausted.DEAD_LETTER)
			.build();
		PlayedShard shard = new PlayedShard(new ListOfNumbers((numbers) -> {
			int index = numbers.indexOf(3);
			if (index >= 0 && unavailable[0] > 0) {
				unavailable[0]--;
				throw new BatchFailedException(index, new SchemaRegistryUnavailableException("no answer", null));
			}
			if (index >= 0 && left[0]-- > 0) {
				throw new BatchFailedException(index, new IllegalStateException("not now"));
			}
		}), AckMode.BATCH, 1, (delivery) -> {
			this.failures.add(delivery);
			return handler.handle(delivery);
		}, RecordRecoverer.of(this.recovered::add));
		return shard.reads(0, 1, 2, 3, 4, 5, 6, 7).play(Duration.ofMinutes(30));
	}

	private PlayedShard play(int maxAttempts, IntPredicate failsOnce, RuntimeException failure, int poison) {
		DefaultErrorHandler handler = DefaultErrorHandler.builder()
			.maxAttempts(maxAttempts)
			.onExhausted(OnExhausted.DEAD_LETTER)
			.build();
		PlayedShard shard = new PlayedShard(new ListOfNumbers((numbers) -> {
			this.calls.add(numbers);
			for (int number : numbers) {
				if (failsOnce.test(number)) {
					throw new IllegalStateException("not now");
				}
				if (number == poison) {
					throw failure;
				}
			}
		}), AckMode.BATCH, 1, (delivery) -> {
			this.failures.add(delivery);
			return handler.handle(delivery);
		}, RecordRecoverer.of(this.recovered::add));
		return shard.reads(0, 1, 2, 3, 4, 5, 6, 7).play(Duration.ofMinutes(10));
	}

	private static List<Integer> numbers(List<DeliveryFailure> failures) {
		return failures.stream().map((failure) -> PlayedShard.number(failure.record())).toList();
	}

	/**
	 * Is not tried again.
	 */
	private static final class Hopeless extends RuntimeException implements NotRetryable {

		private static final long serialVersionUID = 1L;

	}

	/**
	 * A batch listener of numbers.
	 *
	 * @param action what it does
	 */
	private record ListOfNumbers(Consumer<List<Integer>> action) implements RecordsListener {

		@Override
		public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery) {
			this.action.accept(records.stream().map(PlayedShard::number).toList());
			return null;
		}

		@Override
		public boolean isBatch() {
			return true;
		}

	}

}

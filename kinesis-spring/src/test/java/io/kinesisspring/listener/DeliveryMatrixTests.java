package io.kinesisspring.listener;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.error.OnExhausted;
import io.kinesisspring.error.RecordRecoverer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The matrix of what a listener asks for, the ack mode, where a delivery fails and what
 * is decided: which records are delivered how often and in which order, and where the
 * checkpoint stands. Two reads of three records each, in simulated time.
 */
class DeliveryMatrixTests {

	private static final Duration LONG = Duration.ofMinutes(10);

	private static final int READ = 3;

	private static final int ALL = 2 * READ;

	/**
	 * What is delivered of a read [0, 1, 2] to a batch listener until it is known that
	 * the record of the index fails.
	 */
	private static final List<List<List<Integer>>> SEARCHES = List.of(List.of(List.of(0, 1, 2), List.of(0)),
			List.of(List.of(0, 1, 2), List.of(0), List.of(1, 2), List.of(1)),
			List.of(List.of(0, 1, 2), List.of(0), List.of(1, 2), List.of(1), List.of(2)));

	static Stream<Arguments> cells() {
		return Arrays.stream(ArgumentForm.values())
			.flatMap((form) -> Arrays.stream(AckMode.values())
				.flatMap((ackMode) -> IntStream.range(0, ALL)
					.mapToObj((position) -> Arguments.of(form, ackMode, position))));
	}

	static Stream<Arguments> formsAndAckModes() {
		return cells().filter((cell) -> cell.get()[2].equals(0))
			.map((cell) -> Arguments.of(cell.get()[0], cell.get()[1]));
	}

	@ParameterizedTest
	@MethodSource("formsAndAckModes")
	void deliversEachRecordOnceWithoutAFailure(ArgumentForm form, AckMode ackMode) {
		Play play = new Play(form, ackMode, new DefaultErrorHandler(), -1, 0);
		assertThat(play.calls).isEqualTo(form.isBatch() ? List.of(read(0), read(READ)) : each(0, ALL));
		assertThat(play.shard.checkpoint()).isEqualTo(ALL - 1);
	}

	@ParameterizedTest
	@MethodSource("cells")
	void redeliversAFailedRecordUntilItSucceedsBeforeLaterRecords(ArgumentForm form, AckMode ackMode, int position) {
		Play play = new Play(form, ackMode, new DefaultErrorHandler(), position, 3);
		List<List<Integer>> expected = new ArrayList<>(form.isBatch() ? List.of(read(0), read(READ)) : each(0, ALL));
		int failing = form.isBatch() ? position / READ : position;
		for (int repeated = 0; repeated < 3; repeated++) {
			expected.add(failing, expected.get(failing));
		}
		assertThat(play.calls).isEqualTo(expected);
		assertThat(play.shard.checkpoint()).isEqualTo(ALL - 1);
	}

	@ParameterizedTest
	@MethodSource("cells")
	void aPermanentFailureBlocksTheShardAndKeepsTheCheckpointBeforeIt(ArgumentForm form, AckMode ackMode,
			int position) {
		Play play = new Play(form, ackMode, new DefaultErrorHandler(), position, Integer.MAX_VALUE);
		assertThat(play.shard.checkpoint()).isEqualTo(form.isBatch() ? position / READ * READ - 1 : position - 1);
		assertThat(play.delivered())
			.allMatch((number) -> number <= (form.isBatch() ? position / READ * READ + 2 : position));
		assertThat(play.shard.stopped()).isNull();
	}

	@ParameterizedTest
	@MethodSource("cells")
	void skipsTheFailedRecordAndNoOther(ArgumentForm form, AckMode ackMode, int position) {
		Play play = new Play(form, ackMode, exhausted(OnExhausted.SKIP), position, Integer.MAX_VALUE);
		assertThat(play.calls).isEqualTo(withSearch(form, position, true));
		assertThat(play.succeeded).isEqualTo(allBut(position));
		assertThat(play.recovered).isEmpty();
		assertThat(play.shard.checkpoint()).isEqualTo(ALL - 1);
	}

	@ParameterizedTest
	@MethodSource("cells")
	void recoversTheFailedRecordAndNoOther(ArgumentForm form, AckMode ackMode, int position) {
		Play play = new Play(form, ackMode, exhausted(OnExhausted.DEAD_LETTER), position, Integer.MAX_VALUE);
		assertThat(play.calls).isEqualTo(withSearch(form, position, true));
		assertThat(play.succeeded).isEqualTo(allBut(position));
		assertThat(play.recovered).containsExactly(position);
		assertThat(play.shard.checkpoint()).isEqualTo(ALL - 1);
	}

	@ParameterizedTest
	@MethodSource("cells")
	void aStoppedShardHasDeliveredAndCheckpointedAllRecordsBeforeTheFailure(ArgumentForm form, AckMode ackMode,
			int position) {
		Play play = new Play(form, ackMode, exhausted(OnExhausted.STOP_SHARD), position, Integer.MAX_VALUE);
		assertThat(play.calls).isEqualTo(withSearch(form, position, false));
		assertThat(play.succeeded).isEqualTo(IntStream.range(0, position).boxed().toList());
		assertThat(play.shard.checkpoint()).isEqualTo(position - 1);
		assertThat(play.shard.stopped()).hasMessageContaining("sequence number 10" + position)
			.hasMessageContaining("decided to stop the shard");
	}

	@ParameterizedTest
	@MethodSource("cells")
	void handlesAnErrorLikeAnyOtherFailure(ArgumentForm form, AckMode ackMode, int position) {
		Play play = new Play(form, ackMode, exhausted(OnExhausted.SKIP), position, Integer.MAX_VALUE,
				new StackOverflowError());
		assertThat(play.succeeded).isEqualTo(allBut(position));
		assertThat(play.shard.checkpoint()).isEqualTo(ALL - 1);
	}

	@ParameterizedTest
	@MethodSource("cells")
	void withKeysInParallelAFailureBlocksOnlyItsKeyAndKeepsTheCheckpointBeforeIt(ArgumentForm form, AckMode ackMode,
			int position) {
		Play play = new Play(form, ackMode, new DefaultErrorHandler(), position, Integer.MAX_VALUE, 2);
		List<Integer> others = new ArrayList<>(allBut(position));
		if (position < READ) {
			others.remove(Integer.valueOf(position + READ));
		}
		assertThat(play.succeeded).containsExactlyInAnyOrderElementsOf(others);
		assertThat(play.shard.checkpoint()).isEqualTo(position - 1);
	}

	@ParameterizedTest
	@MethodSource("cells")
	void withKeysInParallelEachKeyKeepsItsOrderThroughFailures(ArgumentForm form, AckMode ackMode, int position) {
		Play play = new Play(form, ackMode, new DefaultErrorHandler(), position, 3, 2);
		assertThat(play.succeeded).containsExactlyInAnyOrderElementsOf(allBut(-1));
		for (int key = 0; key < READ; key++) {
			assertThat(play.succeeded.indexOf(key)).isLessThan(play.succeeded.indexOf(key + READ));
		}
		assertThat(play.delivered()).filteredOn((number) -> number == position).hasSize(4);
		assertThat(play.delivered()).filteredOn((number) -> number != position).hasSize(ALL - 1);
		assertThat(play.shard.checkpoint()).isEqualTo(ALL - 1);
	}

	private static DefaultErrorHandler exhausted(OnExhausted onExhausted) {
		return DefaultErrorHandler.builder().maxAttempts(1).onExhausted(onExhausted).build();
	}

	private static List<List<Integer>> withSearch(ArgumentForm form, int position, boolean continues) {
		if (!form.isBatch()) {
			return each(0, continues ? ALL : position + 1);
		}
		int first = position / READ * READ;
		int index = position % READ;
		List<List<Integer>> expected = new ArrayList<>();
		if (first > 0) {
			expected.add(read(0));
		}
		SEARCHES.get(index).forEach((call) -> expected.add(call.stream().map((number) -> number + first).toList()));
		if (continues && index + 1 < READ) {
			expected.add(IntStream.range(position + 1, first + READ).boxed().toList());
		}
		if (continues && first == 0) {
			expected.add(read(READ));
		}
		return expected;
	}

	private static List<Integer> read(int from) {
		return IntStream.range(from, from + READ).boxed().toList();
	}

	private static List<List<Integer>> each(int from, int to) {
		return IntStream.range(from, to).mapToObj((number) -> List.of(number)).toList();
	}

	private static List<Integer> allBut(int position) {
		return IntStream.range(0, ALL).filter((number) -> number != position).boxed().toList();
	}

	/**
	 * A cell of the matrix, played through.
	 */
	private static final class Play {

		private final List<List<Integer>> calls = new ArrayList<>();

		private final List<Integer> succeeded = new ArrayList<>();

		private final List<Integer> recovered = new ArrayList<>();

		private final PlayedShard shard;

		private int failures;

		private Play(ArgumentForm form, AckMode ackMode, DefaultErrorHandler errorHandler, int position, int times) {
			this(form, ackMode, errorHandler, position, times, 1, new IllegalStateException("not now"));
		}

		private Play(ArgumentForm form, AckMode ackMode, DefaultErrorHandler errorHandler, int position, int times,
				int concurrency) {
			this(form, ackMode, errorHandler, position, times, concurrency, new IllegalStateException("not now"));
		}

		private Play(ArgumentForm form, AckMode ackMode, DefaultErrorHandler errorHandler, int position, int times,
				Throwable failure) {
			this(form, ackMode, errorHandler, position, times, 1, failure);
		}

		private Play(ArgumentForm form, AckMode ackMode, DefaultErrorHandler errorHandler, int position, int times,
				int concurrency, Throwable failure) {
			RecordsListener listener = form.listener((numbers, acknowledgment) -> {
				this.calls.add(numbers);
				if (numbers.contains(position) && this.failures < times) {
					this.failures++;
					sneak(failure);
				}
				this.succeeded.addAll(numbers);
				acknowledgment.acknowledge();
			});
			this.shard = new PlayedShard(listener, ackMode, concurrency, errorHandler,
					RecordRecoverer.of((letter) -> this.recovered.add(PlayedShard.number(letter.record()))));
			this.shard.reads(0, 1, 2).reads(3, 4, 5).play(LONG);
		}

		private static void sneak(Throwable failure) {
			if (failure instanceof Error error) {
				throw error;
			}
			throw (RuntimeException) failure;
		}

		private List<Integer> delivered() {
			return this.calls.stream().flatMap(List::stream).toList();
		}

	}

}

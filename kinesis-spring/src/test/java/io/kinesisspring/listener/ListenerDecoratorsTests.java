package io.kinesisspring.listener;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.error.BatchFailedException;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.error.ErrorDecision;
import io.kinesisspring.testing.RecordingAcknowledgment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for what stands around a listener: filter, interceptors and logging context.
 */
class ListenerDecoratorsTests {

	private final List<String> calls = new ArrayList<>();

	private final PlayedShard source = new PlayedShard(listener(false, (records) -> null), AckMode.BATCH, 1,
			new DefaultErrorHandler(), null);

	@Test
	void filteredRecordsAreNotDeliveredAndCountAsProcessed() {
		for (boolean batch : new boolean[] { false, true }) {
			for (AckMode ackMode : AckMode.values()) {
				for (int concurrency : new int[] { 1, 2 }) {
					this.calls.clear();
					PlayedShard shard = new PlayedShard(new FilteredListener(acknowledging(batch),
							ListenerDecoratorsTests::isEven, ListenerObserver.NONE), ackMode, concurrency,
							new DefaultErrorHandler(), null);
					shard.reads(0, 1, 2, 3).reads(5).reads(6, 7).play(Duration.ofMillis(1));
					assertThat(String.join(" ", this.calls).split(" ")).containsExactlyInAnyOrder("0", "2", "6");
					assertThat(shard.checkpoint()).as("%s %s %s", batch, ackMode, concurrency).isEqualTo(7);
				}
			}
		}
	}

	@Test
	void anExceptionOfAFilterFailsOnlyItsRecord() {
		for (boolean batch : new boolean[] { false, true }) {
			this.calls.clear();
			List<Integer> failed = new ArrayList<>();
			PlayedShard shard = new PlayedShard(new FilteredListener(acknowledging(batch), (record) -> {
				if (PlayedShard.number(record) == 2) {
					throw new IllegalStateException("cannot tell");
				}
				return true;
			}, ListenerObserver.NONE), AckMode.BATCH, 1, (failure) -> {
				failed.add(PlayedShard.number(failure.record()));
				return ErrorDecision.skip();
			}, null);
			shard.reads(0, 1, 2, 3).play(Duration.ofMillis(1));
			assertThat(String.join(" ", this.calls)).isEqualTo("0 1 3");
			assertThat(failed).containsExactly(2);
		}
	}

	@Test
	void aFailedRecordKeepsItsIndexInTheUnfilteredBatch() {
		FilteredListener thrown = new FilteredListener(listener(true, (records) -> {
			throw new BatchFailedException(1, new IllegalStateException("never"));
		}), ListenerDecoratorsTests::isEven, ListenerObserver.NONE);
		assertThatExceptionOfType(BatchFailedException.class)
			.isThrownBy(() -> thrown.onRecords(records(0, 1, 2, 3), RecordsListener.Delivery.FIRST))
			.satisfies((ex) -> assertThat(ex.getIndex()).isEqualTo(2))
			.withCauseInstanceOf(IllegalStateException.class);
		FilteredListener later = new FilteredListener(
				listener(true, (records) -> CompletableFuture.failedFuture(new BatchFailedException(1, null))),
				ListenerDecoratorsTests::isEven, ListenerObserver.NONE);
		assertThat(failureOf(later, 0, 1, 2, 3)).isInstanceOfSatisfying(BatchFailedException.class,
				(ex) -> assertThat(ex.getIndex()).isEqualTo(2));
	}

	@Test
	void interceptorsSurroundEachCallAndTheFirstIsOutermost() throws Exception {
		RecordsListener intercepted = new InterceptedListener(
				new InterceptedListener(acknowledging(false), interceptor("inner"), ListenerObserver.NONE),
				interceptor("outer"), ListenerObserver.NONE);
		intercepted.onRecords(records(1), RecordsListener.Delivery.FIRST);
		assertThat(this.calls).containsExactly("outer before [1]", "inner before [1]", "1", "inner success [1]",
				"outer success [1]");
	}

	@Test
	void interceptorsAreNotifiedOfFailures() {
		RecordsListener intercepted = new InterceptedListener(listener(true, (records) -> {
			throw new IllegalStateException("never");
		}), interceptor("the"), ListenerObserver.NONE);
		assertThatIllegalStateException()
			.isThrownBy(() -> intercepted.onRecords(records(1, 2), RecordsListener.Delivery.FIRST));
		assertThat(this.calls).containsExactly("the before [1, 2]", "the failure [1, 2] never");
	}

	@Test
	void interceptorsAwaitFutures() throws Exception {
		CompletableFuture<Void> future = new CompletableFuture<>();
		RecordsListener intercepted = new InterceptedListener(listener(false, (records) -> future), interceptor("the"),
				ListenerObserver.NONE);
		CompletionStage<?> result = intercepted.onRecords(records(1), RecordsListener.Delivery.FIRST);
		assertThat(this.calls).containsExactly("the before [1]");
		future.completeExceptionally(new IllegalStateException("late"));
		assertThat(this.calls).containsExactly("the before [1]", "the failure [1] late");
		assertThat(result.toCompletableFuture()).isCompletedExceptionally();
	}

	@Test
	void anInterceptorThatFailsBeforeTheDeliveryPreventsIt() {
		RecordsListener intercepted = new InterceptedListener(acknowledging(false), new RecordInterceptor() {

			@Override
			public void before(List<KinesisRecord<byte[]>> records) {
				throw new IllegalStateException("not now");
			}

		}, ListenerObserver.NONE);
		assertThatIllegalStateException()
			.isThrownBy(() -> intercepted.onRecords(records(1), RecordsListener.Delivery.FIRST));
		assertThat(this.calls).isEmpty();
	}

	@Test
	void anInterceptorThatFailsAfterTheDeliveryChangesNothing() throws Exception {
		RecordsListener intercepted = new InterceptedListener(acknowledging(false), new RecordInterceptor() {

			@Override
			public void success(List<KinesisRecord<byte[]>> records) {
				throw new IllegalStateException("too late");
			}

		}, ListenerObserver.NONE);
		intercepted.onRecords(records(1), RecordsListener.Delivery.FIRST);
		assertThat(this.calls).containsExactly("1");
	}

	@Test
	void recordsThatAnInterceptorDropsAreNotDeliveredAndCountAsProcessed() {
		for (boolean batch : new boolean[] { false, true }) {
			for (AckMode ackMode : AckMode.values()) {
				for (int concurrency : new int[] { 1, 2 }) {
					this.calls.clear();
					List<Integer> counted = new ArrayList<>();
					PlayedShard shard = new PlayedShard(
							new InterceptedListener(acknowledging(batch),
									intercepting((record) -> isEven(record) ? record : null), counting(counted)),
							ackMode, concurrency, new DefaultErrorHandler(), null);
					shard.reads(0, 1, 2, 3).reads(5).reads(6, 7).play(Duration.ofMillis(1));
					assertThat(String.join(" ", this.calls).split(" ")).containsExactlyInAnyOrder("0", "2", "6");
					assertThat(shard.checkpoint()).as("%s %s %s", batch, ackMode, concurrency).isEqualTo(7);
					assertThat(counted.stream().mapToInt(Integer::intValue).sum()).isEqualTo(4);
				}
			}
		}
	}

	@Test
	void anInterceptorReplacesRecordsAndTheErrorHandlerGetsTheOriginals() {
		for (boolean batch : new boolean[] { false, true }) {
			List<String> payloads = new ArrayList<>();
			List<KinesisRecord<byte[]>> failed = new ArrayList<>();
			RecordsListener listener = listener(batch, (records) -> {
				records.forEach((record) -> payloads.add(new String(record.payload(), StandardCharsets.UTF_8)));
				if (payloads.size() == 3) {
					throw new BatchFailedException(batch ? 1 : 0, new IllegalStateException("never"));
				}
				return null;
			});
			PlayedShard shard = new PlayedShard(new InterceptedListener(listener,
					intercepting((record) -> (PlayedShard.number(record) == 0) ? null
							: record
								.withPayload(("new" + PlayedShard.number(record)).getBytes(StandardCharsets.UTF_8))),
					ListenerObserver.NONE), AckMode.BATCH, 1, (failure) -> {
						failed.add(failure.record());
						return ErrorDecision.skip();
					}, null);
			shard.reads(0, 1, 2, 3).play(Duration.ofMillis(1));
			assertThat(payloads).startsWith("new1", "new2", "new3");
			assertThat(failed).singleElement().satisfies((record) -> {
				assertThat(PlayedShard.number(record)).isEqualTo(batch ? 2 : 3);
				assertThat(new String(record.payload(), StandardCharsets.UTF_8)).doesNotStartWith("new");
			});
			assertThat(shard.checkpoint()).isEqualTo(3);
		}
	}

	@Test
	void aFailingInterceptFailsOnlyItsRecordAndIsNotCalledAgainForThoseBefore() {
		List<Integer> intercepted = new ArrayList<>();
		List<Integer> failed = new ArrayList<>();
		PlayedShard shard = new PlayedShard(new InterceptedListener(acknowledging(true), intercepting((record) -> {
			intercepted.add(PlayedShard.number(record));
			if (PlayedShard.number(record) == 2) {
				throw new IllegalStateException("cannot tell");
			}
			return record;
		}), ListenerObserver.NONE), AckMode.BATCH, 1, (failure) -> {
			failed.add(PlayedShard.number(failure.record()));
			return ErrorDecision.skip();
		}, null);
		shard.reads(0, 1, 2, 3).play(Duration.ofMillis(1));
		assertThat(String.join(" ", this.calls)).isEqualTo("0 1 3");
		assertThat(failed).containsExactly(2);
		assertThat(intercepted).containsExactly(0, 1, 2, 3);
	}

	@Test
	void anInterceptorCannotMoveARecord() {
		RecordsListener intercepted = new InterceptedListener(acknowledging(false),
				intercepting((record) -> this.source.record(7)), ListenerObserver.NONE);
		assertThatIllegalStateException()
			.isThrownBy(() -> intercepted.onRecords(records(1), RecordsListener.Delivery.FIRST))
			.withMessageContaining("sequence number")
			.withMessageContaining("withPayload");
		assertThat(this.calls).isEmpty();
	}

	// Trap: an index from a place where nothing was delivered counts records as processed

	@Test
	void anInterceptorOrABatchFilterCannotFinishRecordsByAnIndex() {
		RecordsListener intercepted = new InterceptedListener(acknowledging(true), new RecordInterceptor() {

			@Override
			public void before(List<KinesisRecord<byte[]>> records) {
				throw new BatchFailedException(1, null);
			}

		}, ListenerObserver.NONE);
		BatchRecordFilter filter = (records) -> {
			throw new BatchFailedException(1, null);
		};
		RecordsListener filtered = new FilteredListener(acknowledging(true), filter, ListenerObserver.NONE);
		for (RecordsListener listener : List.of(intercepted, filtered)) {
			assertThatIllegalStateException()
				.isThrownBy(() -> listener.onRecords(records(0, 1), RecordsListener.Delivery.FIRST));
		}
		assertThat(this.calls).isEmpty();
	}

	@Test
	void aBatchFilterDecidesAboutAllRecordsTogether() {
		BatchRecordFilter newest = (records) -> List.of(records.get(records.size() - 1), records.get(0));
		for (boolean batch : new boolean[] { false, true }) {
			for (AckMode ackMode : AckMode.values()) {
				this.calls.clear();
				PlayedShard shard = new PlayedShard(
						new FilteredListener(acknowledging(batch), newest, ListenerObserver.NONE), ackMode, 1,
						new DefaultErrorHandler(), null);
				shard.reads(0, 1, 2, 3).play(Duration.ofMillis(1));
				assertThat(String.join(" ", this.calls)).isEqualTo(batch ? "0 3" : "0 1 2 3");
				assertThat(shard.checkpoint()).isEqualTo(3);
			}
		}
	}

	@Test
	void aBatchFilterCannotAddRecords() {
		BatchRecordFilter filter = (records) -> List.of(this.source.record(9));
		assertThatIllegalStateException()
			.isThrownBy(() -> new FilteredListener(acknowledging(true), filter, ListenerObserver.NONE)
				.onRecords(records(0, 1), RecordsListener.Delivery.FIRST))
			.withMessageContaining("a record that it was not given");
		assertThat(this.calls).isEmpty();
	}

	private static RecordInterceptor intercepting(UnaryOperator<@Nullable KinesisRecord<byte[]>> action) {
		return new RecordInterceptor() {

			@Override
			public @Nullable KinesisRecord<byte[]> intercept(KinesisRecord<byte[]> record) {
				return action.apply(record);
			}

		};
	}

	private static ListenerObserver counting(List<Integer> counted) {
		return new ListenerObserver() {

			@Override
			public void onFiltered(String stream, String shardId, int records) {
				counted.add(records);
			}

		};
	}

	private Throwable failureOf(RecordsListener listener, int... numbers) {
		try {
			return listener.onRecords(records(numbers), new RecordsListener.Delivery(1, new RecordingAcknowledgment()))
				.toCompletableFuture()
				.handle((done, ex) -> ex.getCause())
				.join();
		}
		catch (Exception ex) {
			throw new AssertionError(ex);
		}
	}

	private List<KinesisRecord<byte[]>> records(int... numbers) {
		return Arrays.stream(numbers).mapToObj(this.source::record).toList();
	}

	private static boolean isEven(KinesisRecord<byte[]> record) {
		return PlayedShard.number(record) % 2 == 0;
	}

	private static List<Integer> numbers(List<KinesisRecord<byte[]>> records) {
		return records.stream().map(PlayedShard::number).toList();
	}

	private RecordInterceptor interceptor(String name) {
		return new RecordInterceptor() {

			@Override
			public void before(List<KinesisRecord<byte[]>> records) {
				ListenerDecoratorsTests.this.calls.add(name + " before " + numbers(records));
			}

			@Override
			public void success(List<KinesisRecord<byte[]>> records) {
				ListenerDecoratorsTests.this.calls.add(name + " success " + numbers(records));
			}

			@Override
			public void failure(List<KinesisRecord<byte[]>> records, Throwable exception) {
				ListenerDecoratorsTests.this.calls
					.add(name + " failure " + numbers(records) + " " + exception.getMessage());
			}

		};
	}

	private RecordsListener acknowledging(boolean batch) {
		return new RecordsListener() {

			@Override
			public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery) {
				records.forEach(
						(record) -> ListenerDecoratorsTests.this.calls.add(String.valueOf(PlayedShard.number(record))));
				delivery.acknowledgment().acknowledge();
				return null;
			}

			@Override
			public boolean isBatch() {
				return batch;
			}

		};
	}

	private static RecordsListener listener(boolean batch,
			Function<List<KinesisRecord<byte[]>>, @Nullable CompletionStage<?>> action) {
		return new RecordsListener() {

			@Override
			public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery) {
				return action.apply(records);
			}

			@Override
			public boolean isBatch() {
				return batch;
			}

		};
	}

}

package io.kinesisspring.listener;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.error.ErrorDecision;
import io.kinesisspring.error.ErrorHandler;
import io.kinesisspring.observation.KinesisBatchContext;
import io.kinesisspring.observation.KinesisObservations;
import io.kinesisspring.observation.KinesisRecordContext;
import io.kinesisspring.testing.RecordedObservations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link ObservedListener}.
 */
class ObservedListenerTests {

	private final RecordedObservations recorded = new RecordedObservations();

	private final PlayedShard source = shard(observed(false, (records) -> null), (failure) -> ErrorDecision.skip());

	@Test
	void theObservationIsTheCurrentOneWhileTheListenerRuns() throws Exception {
		List<@Nullable Observation> current = new ArrayList<>();
		observed(false, (records) -> {
			current.add(this.recorded.registry().getCurrentObservation());
			return null;
		}).onRecords(records(1), RecordsListener.Delivery.FIRST);
		assertThat(current).doesNotContainNull()
			.first()
			.extracting(Observation::getContext)
			.isInstanceOf(KinesisRecordContext.class);
		assertThat(this.recorded.registry().getCurrentObservation()).isNull();
		assertThat(this.recorded.steps()).containsExactly("start kinesis.record", "open", "close", "stop");
	}

	@Test
	void recordsExceptionsOfTheListener() {
		RecordsListener listener = observed(false, (records) -> {
			throw new IllegalStateException("never");
		});
		assertThatIllegalStateException()
			.isThrownBy(() -> listener.onRecords(records(1), RecordsListener.Delivery.FIRST));
		assertThat(this.recorded.steps()).containsExactly("start kinesis.record", "open", "close",
				"error java.lang.IllegalStateException: never", "stop");
		Observation.Context context = this.recorded.ended().get(0);
		assertThat(context.getHighCardinalityKeyValue("error.type"))
			.isEqualTo(KeyValue.of("error.type", "java.lang.IllegalStateException"));
		assertThat(context.getLowCardinalityKeyValue("error.type")).isNull();
	}

	@Test
	void aBatchThatFailsHasTheTypeOfItsError() {
		RecordsListener listener = observed(true, (records) -> {
			throw new IllegalArgumentException("never");
		});
		assertThatIllegalArgumentException()
			.isThrownBy(() -> listener.onRecords(records(1, 2), RecordsListener.Delivery.FIRST));
		assertThat(keyValues(this.recorded.ended().get(0))).contains("error.type=java.lang.IllegalArgumentException",
				"messaging.batch.message_count=2");
	}

	@Test
	void endsWhenTheFutureEndsAndTheScopeWhenTheListenerReturns() throws Exception {
		CompletableFuture<Void> future = new CompletableFuture<>();
		CompletionStage<?> result = observed(false, (records) -> future.thenRun(() -> {
		})).onRecords(records(1), RecordsListener.Delivery.FIRST);
		assertThat(this.recorded.steps()).containsExactly("start kinesis.record", "open", "close");
		future.completeExceptionally(new IllegalStateException("late"));
		assertThat(this.recorded.steps()).endsWith("error java.lang.IllegalStateException: late", "stop");
		assertThat(result.toCompletableFuture()).isCompletedExceptionally();
		assertThat(result.toCompletableFuture().handle((done, ex) -> ex).join()).isInstanceOf(CompletionException.class)
			.hasCauseInstanceOf(IllegalStateException.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "start", "open", "close", "error", "stop" })
	void ignoresExceptionsOfObservationHandlers(String step) {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new BrokenHandler(step));
		List<Integer> calls = new ArrayList<>();
		List<Throwable> failures = new ArrayList<>();
		RecordsListener observed = new ObservedListener(listener(false, (records) -> {
			int number = PlayedShard.number(records.get(0));
			calls.add(number);
			if (number == 2) {
				throw new IllegalStateException("of the listener");
			}
			return (number == 1) ? CompletableFuture.completedFuture(null) : null;
		}), new KinesisObservations(registry, null, null, null), "the-listener", "shop");
		PlayedShard shard = shard(observed, (failure) -> {
			failures.add(failure.exception());
			return ErrorDecision.skip();
		});
		shard.reads(0, 1, 2, 3).play(Duration.ofSeconds(1));
		assertThat(calls).containsExactly(0, 1, 2, 3);
		assertThat(failures).singleElement().satisfies((ex) -> assertThat(ex).hasMessage("of the listener"));
		assertThat(registry.getCurrentObservation()).isNull();
	}

	@Test
	void observesEachAttempt() {
		List<Integer> attempts = new ArrayList<>();
		PlayedShard shard = shard(observed(false, (records) -> {
			attempts.add(PlayedShard.number(records.get(0)));
			if (attempts.size() < 3) {
				throw new IllegalStateException("not yet");
			}
			return null;
		}), (failure) -> ErrorDecision.retry(Duration.ofMillis(10)));
		shard.reads(1).play(Duration.ofSeconds(1));
		assertThat(this.recorded.ended()).extracting((context) -> ((KinesisRecordContext) context).attempt())
			.containsExactly(1, 2, 3);
		assertThat(this.recorded.ended()).extracting((context) -> context.getError() != null)
			.containsExactly(true, true, false);
	}

	@Test
	void observesABatchOnce() throws Exception {
		observed(true, (records) -> null).onRecords(records(1, 2, 3), RecordsListener.Delivery.of(2));
		assertThat(this.recorded.ended()).singleElement()
			.isInstanceOfSatisfying(KinesisBatchContext.class, (context) -> {
				assertThat(context.records()).hasSize(3);
				assertThat(keyValues(context)).containsExactlyInAnyOrder("messaging.system.name=aws.kinesis",
						"messaging.operation.name=process", "messaging.operation.type=process",
						"messaging.destination.name=orders", "messaging.consumer.group.name=shop",
						"kinesis.listener_id=the-listener", "messaging.destination.partition.id=shard-0",
						"messaging.batch.message_count=3", "kinesis.delivery_attempt=2",
						"aws.kinesis.stream_name=orders");
			});
	}

	@Test
	void describesARecord() throws Exception {
		observed(false, (records) -> null).onRecords(records(7), RecordsListener.Delivery.FIRST);
		Observation.Context context = this.recorded.ended().get(0);
		assertThat(context.getName()).isEqualTo("kinesis.record");
		assertThat(context.getContextualName()).isEqualTo("process orders");
		assertThat(context.getLowCardinalityKeyValues().stream().map(KeyValue::getKey)).containsExactlyInAnyOrder(
				"messaging.system.name", "messaging.operation.name", "messaging.operation.type",
				"messaging.destination.name", "messaging.consumer.group.name", "kinesis.listener_id");
		assertThat(keyValues(context)).contains("kinesis.partition_key=key-1",
				"messaging.destination.partition.id=shard-0", "messaging.message.id=107", "kinesis.delivery_attempt=1");
	}

	@Test
	void aHandlerThatFailsAfterTheDeliveryChangesNothing() throws Exception {
		this.recorded.registry().observationConfig().observationHandler(new ObservationHandler<>() {

			@Override
			public void onStop(Observation.Context context) {
				throw new IllegalStateException("too late");
			}

			@Override
			public boolean supportsContext(Observation.Context context) {
				return true;
			}

		});
		assertThat(observed(false, (records) -> null).onRecords(records(1), RecordsListener.Delivery.FIRST)).isNull();
		CompletionStage<?> result = observed(false, (records) -> CompletableFuture.completedFuture(null))
			.onRecords(records(2), RecordsListener.Delivery.FIRST);
		assertThat(result.toCompletableFuture()).isCompleted();
	}

	@Test
	void createsNothingWithoutAnObservationRegistry() throws Exception {
		for (ObservationRegistry registry : List.of(ObservationRegistry.NOOP, ObservationRegistry.create())) {
			CompletableFuture<Void> future = new CompletableFuture<>();
			RecordsListener listener = new ObservedListener(listener(false, (records) -> future),
					new KinesisObservations(registry, null, null, null), "the-listener", "shop");
			assertThat(listener.onRecords(records(1), RecordsListener.Delivery.FIRST)).isSameAs(future);
		}
	}

	private List<String> keyValues(Observation.Context context) {
		return context.getAllKeyValues().stream().map((value) -> value.getKey() + "=" + value.getValue()).toList();
	}

	private List<KinesisRecord<byte[]>> records(int... numbers) {
		return Arrays.stream(numbers).mapToObj(this.source::record).toList();
	}

	private PlayedShard shard(RecordsListener listener, ErrorHandler errorHandler) {
		return new PlayedShard(listener, AckMode.BATCH, 1, errorHandler, null);
	}

	private RecordsListener observed(boolean batch,
			Function<List<KinesisRecord<byte[]>>, @Nullable CompletionStage<?>> action) {
		return new ObservedListener(listener(batch, action), this.recorded.observations(), "the-listener", "shop");
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

	/**
	 * Throws at one step of each observation.
	 *
	 * @param step the step
	 */
	private record BrokenHandler(String step) implements ObservationHandler<Observation.Context> {

		private void at(String now) {
			if (now.equals(this.step)) {
				throw new NoClassDefFoundError("Tracer");
			}
		}

		@Override
		public void onStart(Observation.Context context) {
			at("start");
		}

		@Override
		public void onError(Observation.Context context) {
			at("error");
		}

		@Override
		public void onScopeOpened(Observation.Context context) {
			at("open");
		}

		@Override
		public void onScopeClosed(Observation.Context context) {
			at("close");
		}

		@Override
		public void onStop(Observation.Context context) {
			at("stop");
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

}

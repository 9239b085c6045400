package io.kinesisspring.producer;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

import io.kinesisspring.KinesisException;
import io.kinesisspring.converter.RecordConversionException;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.converter.SimpleRecordConverter;
import io.kinesisspring.observation.KinesisObservations;
import io.kinesisspring.producer.ScriptedService.Behaviour;
import io.kinesisspring.producer.SendFailedException.Reason;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.Scheduler;
import io.kinesisspring.scheduling.SimulatedEventLoop;
import io.kinesisspring.scheduling.Uninterruptibles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of what becomes of records where the code of others does what it must not:
 * observers, interceptors, converters, executors, callbacks, clients.
 */
@Timeout(180)
class HostileCodeTests {

	private static final ServiceCalls WELL = (request) -> CompletableFuture.supplyAsync(() -> well(request));

	@Test
	void anObserverThatThrowsHarmsNothing() {
		SendTestSupport test = new SendTestSupport(ProducerOptions.builder().observer(new BrokenObserver()).build());
		test.service.next(Behaviour.entries((entry) -> SendTestSupport.INTERNAL));
		assertThat(test.result(test.template.send("s", "key", "x")).attempts()).isEqualTo(2);
		assertThat(test.template.send("s", new Object())).isCompletedExceptionally();
		test.service.always(Behaviour.fails(ScriptedService.exception("AccessDeniedException", 400)));
		assertThat(test.failure(test.template.send("s", "key", "x")).reason()).isEqualTo(Reason.DENIED);
		test.service.always(Behaviour.HANGS);
		assertThat(test.failure(test.template.send("s", "key", "x")).reason()).isEqualTo(Reason.TIMEOUT);
		test.loop.advance(Duration.ofMinutes(5));
		assertThat(test.template.memory().used()).isZero();
		assertThat(test.loop.pending()).isZero();
	}

	@Test
	void aCallbackDoesNotDelayTheOtherFutures() {
		SendTestSupport test = new SendTestSupport();
		List<CompletableFuture<SendResult>> sent = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			sent.add(test.template.send("s", "x"));
		}
		sent.get(0).thenRun(() -> {
			throw new StackOverflowError("injected");
		});
		test.result(test.template.flush());
		assertThat(sent).allSatisfy((future) -> assertThat(future).isCompleted());
		assertThat(test.template.inFlight()).isZero();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void anExecutorThatRejectsAllTasksLosesNothing(boolean spare) {
		SimulatedEventLoop loop = new SimulatedEventLoop(1);
		ScriptedService service = new ScriptedService(loop);
		AtomicBoolean broken = new AtomicBoolean();
		Executor executor = (task) -> {
			if (broken.get()) {
				throw new OutOfMemoryError("unable to create native thread");
			}
			task.run();
		};
		KinesisTemplate template = new KinesisTemplate(
				new SendContext(service, loop, new TaskExecutor(executor, spare ? Runnable::run : null)),
				new SimpleRecordConverter(), ProducerOptions.defaults(), List.of(), KinesisObservations.NONE);
		CompletableFuture<SendResult> first = template.send("s", "key", "x");
		loop.runUntilIdle();
		broken.set(true);
		CompletableFuture<SendResult> second = template.send("s", "key", "y");
		CompletableFuture<Void> flushed = template.flush();
		loop.advance(Duration.ofSeconds(1));
		assertThat(first.isDone()).isEqualTo(spare);
		assertThat(flushed.isDone()).isEqualTo(spare);
		broken.set(false);
		loop.advance(Duration.ofSeconds(10));
		assertThat(first).isCompleted();
		assertThat(second).isCompleted();
		assertThat(flushed).isCompleted();
		assertThat(service.storedTexts()).containsExactly("x", "y");
	}

	@Test
	void anExecutorThatThrowsAfterAcceptingATaskRunsItOnce() {
		SimulatedEventLoop loop = new SimulatedEventLoop(1);
		ScriptedService service = new ScriptedService(loop);
		KinesisTemplate template = new KinesisTemplate(new SendContext(service, loop, new TaskExecutor((task) -> {
			task.run();
			throw new RejectedExecutionException("injected");
		}, Runnable::run)), new SimpleRecordConverter(), ProducerOptions.defaults(), List.of(),
				KinesisObservations.NONE);
		CompletableFuture<SendResult> sent = template.send("s", "x");
		loop.advance(Duration.ofSeconds(1));
		assertThat(sent).isCompleted();
		assertThat(service.stored()).hasSize(1);
		assertThat(template.inFlight()).isZero();
	}

	@Test
	void aConverterThatThrowsAnErrorOrReturnsNothingFailsOnlyItsRecord() {
		SimulatedEventLoop loop = new SimulatedEventLoop(1);
		ScriptedService service = new ScriptedService(loop);
		KinesisTemplate template = new KinesisTemplate(new SendContext(service, loop, Runnable::run),
				new BrokenConverter(), ProducerOptions.defaults(), List.of(), KinesisObservations.NONE);
		CompletableFuture<SendAllResult> sent = template.sendAll("s", List.of("a", "error", "nothing", "b"));
		loop.advance(Duration.ofSeconds(1));
		assertThat(sent.join().failures()).extracting(SendAllResult.SendFailure::index).containsExactly(1, 2);
		assertThat(sent.join().failures()).extracting(SendAllResult.SendFailure::exception)
			.allSatisfy((failure) -> assertThat(failure).isInstanceOf(RecordConversionException.class));
	}

	@Test
	void anInterceptorThatThrowsAnErrorOrReturnsNothingFailsOnlyItsRecord() {
		SendTestSupport test = new SendTestSupport(new SendInterceptor() {

			@Override
			@SuppressWarnings("NullAway")
			public ProducerRecord<?> beforeSend(ProducerRecord<?> record) {
				if (record.payload().equals("error")) {
					throw new NoClassDefFoundError("injected");
				}
				if (record.payload().equals("nowhere")) {
					return record.withStream(null);
				}
				return record.payload().equals("nothing") ? null : record;
			}

			@Override
			public void onSuccess(ProducerRecord<?> record, SendResult result) {
				throw new AssertionError("injected");
			}

			@Override
			public String toString() {
				throw new IllegalStateException("injected");
			}

		});
		SendAllResult result = test
			.result(test.template.sendAll("s", List.of("a", "error", "nothing", "nowhere", "b")));
		assertThat(result.failures()).extracting(SendAllResult.SendFailure::index).containsExactly(1, 2, 3);
		assertThat(result.failures()).extracting(SendAllResult.SendFailure::exception)
			.allSatisfy((failure) -> assertThat(((SendFailedException) failure).reason()).isEqualTo(Reason.UNEXPECTED));
	}

	@ParameterizedTest
	@ValueSource(strings = { "start", "open", "close", "stop", "error" })
	void anObservationHandlerThatThrowsHarmsNothing(String when) {
		SimulatedEventLoop loop = new SimulatedEventLoop(1);
		ScriptedService service = new ScriptedService(loop);
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new BrokenHandler(when));
		KinesisTemplate template = new KinesisTemplate(new SendContext(service, loop, Runnable::run),
				new SimpleRecordConverter(), ProducerOptions.defaults(), List.of(),
				new KinesisObservations(registry, null, null, null));
		CompletableFuture<SendResult> sent = template.send("s", "x");
		CompletableFuture<SendResult> fails = template.send("s", new Object());
		loop.advance(Duration.ofSeconds(1));
		assertThat(sent).isCompleted();
		assertThat(fails).isCompletedExceptionally();
		assertThat(service.stored()).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "none", "nothing", "null", "null number", "odd number", "no shard", "few", "many",
			"empty code" })
	void anIncompleteResponseIsAFailedRequest(String odd) {
		SendTestSupport test = new SendTestSupport();
		test.service.next((service, request) -> service.later(ScriptedService.ROUND_TRIP, () -> odd(odd, service)));
		SendAllResult result = test.result(test.template.sendAll("s", List.of("a", "b")));
		assertThat(result.successes()).hasSize(2).extracting(SendResult::attempts).contains(2);
		assertThat(test.template.memory().used()).isZero();
	}

	@Test
	void aClientThatThrowsOrReturnsNothingFailsItsRecords() {
		SendTestSupport test = new SendTestSupport();
		test.service.next((service, request) -> {
			throw new NoClassDefFoundError("injected");
		});
		assertThat(test.failure(test.template.send("s", "x")).reason()).isEqualTo(Reason.UNEXPECTED);
		test.service.next((service, request) -> {
			throw new OutOfMemoryError("injected");
		});
		assertThat(test.result(test.template.send("s", "x")).attempts()).isEqualTo(2);
	}

	@Test
	void aCallbackMayWaitForAFlushOrForAnotherRecordOfItsRequest() throws Exception {
		try (KinesisTemplate template = template(WELL, new TemplateExecutor())) {
			for (int round = 0; round < 20; round++) {
				CountDownLatch together = new CountDownLatch(1);
				CompletableFuture<SendAllResult> all = template.sendAll("s", List.of("a", "b"));
				CompletableFuture<SendResult> first = template.send("s", "first");
				CompletableFuture<SendResult> second = template.send("s", "second");
				CompletableFuture<Void> one = first.thenRun(() -> {
					template.flush().join();
					together.countDown();
				});
				CompletableFuture<Void> other = second.thenRun(() -> template.flush().join());
				CompletableFuture<Void> outer = template.flush().thenRun(() -> template.send("s", "third").join());
				CompletableFuture.allOf(all, one, other, outer).get(60, TimeUnit.SECONDS);
				assertThat(together.getCount()).isZero();
			}
		}
	}

	@Test
	void aBlockingCallbackDelaysTheOthersOnlyBriefly() throws Exception {
		CountDownLatch blocked = new CountDownLatch(1);
		CountDownLatch started = new CountDownLatch(1);
		AtomicBoolean answer = new AtomicBoolean();
		KinesisTemplate template = template((request) -> CompletableFuture.supplyAsync(() -> {
			await().untilTrue(answer);
			return well(request);
		}), new TemplateExecutor());
		List<CompletableFuture<SendResult>> sent = new ArrayList<>();
		List<CompletableFuture<?>> hung = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			CompletableFuture<SendResult> future = template.send("s", "x");
			sent.add(future);
			if (i % 50 == 3) {
				hung.add(future.thenRun(() -> {
					started.countDown();
					Uninterruptibles.awaitUninterruptibly(blocked, Duration.ofSeconds(50));
				}));
			}
		}
		answer.set(true);
		CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).get(40, TimeUnit.SECONDS);
		assertThat(started.getCount()).isZero();
		assertThat(hung).anySatisfy((future) -> assertThat(future).isNotDone());
		blocked.countDown();
		template.close();
	}

	@Test
	void aCallbackMayCloseTheTemplate() throws Exception {
		KinesisTemplate template = template(WELL, new TemplateExecutor());
		CompletableFuture<Void> closed = template.send("s", "x").thenRun(template::close);
		closed.get(20, TimeUnit.SECONDS);
		assertThat(template.send("s", "x")).satisfies(SendTestSupport.failedWith(Reason.CLOSED));
	}

	@Test
	void aLoopThatRejectsTasksFailsOnlyTheRecord() {
		SimulatedEventLoop loop = new SimulatedEventLoop(1);
		ScriptedService service = new ScriptedService(loop);
		AtomicBoolean broken = new AtomicBoolean(true);
		KinesisTemplate template = new KinesisTemplate(
				new SendContext(service, new BrokenLoop(loop, broken), Runnable::run), new SimpleRecordConverter(),
				ProducerOptions.defaults(), List.of(), KinesisObservations.NONE);
		assertThat(template.send("s", "x")).satisfies(SendTestSupport.failedWith(Reason.UNEXPECTED));
		assertThat(template.inFlight()).isZero();
		assertThat(template.memory().used()).isZero();
		broken.set(false);
		CompletableFuture<SendResult> next = template.send("s", "y");
		loop.advance(Duration.ofSeconds(1));
		assertThat(next).isCompleted();
	}

	@Test
	void theTemplatesThreadsInheritNothing() throws Exception {
		InheritableThreadLocal<String> secret = new InheritableThreadLocal<>();
		secret.set("of the sender");
		try (EventLoop loop = SendLifecycle.startLoop()) {
			CompletableFuture<String> onLoop = new CompletableFuture<>();
			loop.execute(() -> onLoop.complete("found " + secret.get()));
			assertThat(onLoop.get(60, TimeUnit.SECONDS)).isEqualTo("found null");
			CompletableFuture<String> onExecutor = new CompletableFuture<>();
			TemplateExecutor executor = new TemplateExecutor();
			executor.execute(() -> onExecutor.complete("found " + secret.get()));
			assertThat(onExecutor.get(60, TimeUnit.SECONDS)).isEqualTo("found null");
			executor.close(true);
		}
		finally {
			secret.remove();
		}
	}

	private static KinesisTemplate template(ServiceCalls call, Executor executor) {
		return new KinesisTemplate(new SendContext(call, Scheduler.system().newLoop("test-loop-"), executor),
				new SimpleRecordConverter(), ProducerOptions.defaults(), List.of(), KinesisObservations.NONE);
	}

	private static PutRecordsResponse well(PutRecordsRequest request) {
		return PutRecordsResponse.builder()
			.records(request.records()
				.stream()
				.map((entry) -> PutRecordsResultEntry.builder().shardId("0").sequenceNumber("1").build())
				.toList())
			.build();
	}

	@SuppressWarnings("NullAway")
	private static PutRecordsResponse odd(String odd, ScriptedService service) {
		PutRecordsResultEntry good = PutRecordsResultEntry.builder().shardId("0").sequenceNumber("1").build();
		PutRecordsResultEntry bad = switch (odd) {
			case "null" -> null;
			case "null number" -> good.toBuilder().sequenceNumber(null).build();
			case "odd number" -> good.toBuilder().sequenceNumber("0x1").build();
			case "no shard" -> good.toBuilder().shardId(null).build();
			case "empty code" -> PutRecordsResultEntry.builder().errorCode("").build();
			default -> good;
		};
		return switch (odd) {
			case "none" -> null;
			case "nothing" -> PutRecordsResponse.builder().build();
			case "few" -> PutRecordsResponse.builder().records(good).build();
			case "many" -> PutRecordsResponse.builder().records(Arrays.asList(good, good, good)).build();
			default -> PutRecordsResponse.builder().records(good, bad).build();
		};
	}

	/**
	 * Throws a given exception.
	 */
	static final class BrokenObserver implements SendObserver {

		@Override
		public void opened(SendState state) {
			throw new IllegalStateException("injected");
		}

		@Override
		public void requested(String stream, int entries, long bytes) {
			throw new IllegalArgumentException("injected");
		}

		@Override
		public void answered(String stream, Duration duration, int rejected, @Nullable Reason failure) {
			throw new StackOverflowError("injected");
		}

		@Override
		public void stored(String stream, int records, int entries, long bytes, Duration oldest) {
			throw new AssertionError("injected");
		}

		@Override
		public void retried(String stream, Reason reason, int records) {
			throw new OutOfMemoryError("injected");
		}

		@Override
		public void failed(@Nullable String stream, KinesisException exception) {
			throw new IllegalStateException("injected");
		}

	}

	private static final class BrokenConverter implements RecordConverter {

		@Override
		@SuppressWarnings("NullAway")
		public byte[] toBytes(Object payload) {
			if (payload.equals("error")) {
				throw new StackOverflowError("injected");
			}
			return payload.equals("nothing") ? null : payload.toString().getBytes(StandardCharsets.UTF_8);
		}

		@Override
		public Object fromBytes(byte[] data, Type type) {
			throw new UnsupportedOperationException();
		}

	}

	private record BrokenHandler(String when) implements ObservationHandler<Observation.Context> {

		@Override
		public void onStart(Observation.Context context) {
			fail("start");
		}

		@Override
		public void onScopeOpened(Observation.Context context) {
			fail("open");
		}

		@Override
		public void onScopeClosed(Observation.Context context) {
			fail("close");
		}

		@Override
		public void onStop(Observation.Context context) {
			fail("stop");
		}

		@Override
		public void onError(Observation.Context context) {
			fail("error");
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

		private void fail(String what) {
			if (what.equals(this.when)) {
				throw new IllegalStateException("injected");
			}
		}

	}

	private record BrokenLoop(EventLoop loop, AtomicBoolean broken) implements EventLoop {

		@Override
		public void execute(Runnable task) {
			if (this.broken.get()) {
				throw new OutOfMemoryError("injected");
			}
			this.loop.execute(task);
		}

		@Override
		public Cancellable schedule(Duration delay, Runnable task) {
			return this.loop.schedule(delay, task);
		}

		@Override
		public long nanoTime() {
			return this.loop.nanoTime();
		}

		@Override
		public RandomGenerator random() {
			return this.loop.random();
		}

		@Override
		public void close() {
			this.loop.close();
		}

	}

}

package io.kinesisspring.producer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

import io.kinesisspring.converter.SimpleRecordConverter;
import io.kinesisspring.observation.KinesisObservations;
import io.kinesisspring.producer.ScriptedService.Behaviour;
import io.kinesisspring.producer.SendFailedException.Reason;
import io.kinesisspring.scheduling.Scheduler;
import io.kinesisspring.scheduling.SimulatedEventLoop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of stopping the template, and of starting it again.
 */
@Timeout(180)
class StoppingTests {

	private final AtomicBoolean stopped = new AtomicBoolean();

	@Test
	void sendsAcceptedRecordsWithoutLingering() {
		SendTestSupport test = new SendTestSupport(ProducerOptions.builder().linger(Duration.ofMinutes(1)).build());
		test.service.next(Behaviour.entries((entry) -> SendTestSupport.INTERNAL));
		CompletableFuture<SendResult> sent = test.template.send("s", "x");
		test.template.stop(() -> this.stopped.set(true));
		test.loop.advanceUntil(this.stopped::get, Duration.ofSeconds(1));
		assertThat(sent).isCompleted();
		assertThat(test.template.isRunning()).isFalse();
	}

	@Test
	void failsWhatHasNoOutcomeWithinTheShutdownTimeout() {
		SendTestSupport test = new SendTestSupport(
				ProducerOptions.builder().shutdownTimeout(Duration.ofSeconds(5)).build());
		test.service.always(Behaviour.HANGS);
		CompletableFuture<SendResult> onTheWire = test.template.send("s", "key", "x");
		CompletableFuture<SendResult> behind = test.template.send("s", "key", "x");
		test.template.stop(() -> this.stopped.set(true));
		test.loop.advance(Duration.ofMillis(4999));
		assertThat(this.stopped).isFalse();
		test.loop.advance(Duration.ofMillis(1));
		assertThat(this.stopped).isTrue();
		assertThat(SendTestSupport.failureOf(onTheWire)).hasMessageContaining("may yet be stored");
		SendFailedException failure = SendTestSupport.failureOf(behind);
		assertThat(failure.reason()).isEqualTo(Reason.CLOSED);
		assertThat(failure).hasMessageContaining("has not been stored").hasMessageContaining("PT5S");
		assertThat(test.template.inFlight()).isZero();
	}

	@Test
	void doesNotWaitForSlowCallbacksWithoutLimit() {
		SimulatedEventLoop loop = new SimulatedEventLoop(1);
		ScriptedService service = new ScriptedService(loop);
		List<Runnable> held = new ArrayList<>();
		AtomicBoolean holding = new AtomicBoolean();
		KinesisTemplate template = new KinesisTemplate(new SendContext(service, loop, new TaskExecutor((task) -> {
			if (holding.get()) {
				held.add(task);
			}
			else {
				task.run();
			}
		}, Runnable::run)), new SimpleRecordConverter(),
				ProducerOptions.builder().shutdownTimeout(Duration.ofSeconds(5)).build(), List.of(),
				KinesisObservations.NONE);
		CompletableFuture<SendResult> sent = template.send("s", "x");
		loop.advance(Duration.ofMillis(1));
		holding.set(true);
		template.stop(() -> this.stopped.set(true));
		loop.advance(Duration.ofSeconds(9).minusMillis(2));
		assertThat(held).hasSize(1);
		assertThat(this.stopped).isFalse();
		loop.advance(Duration.ofMillis(2));
		assertThat(this.stopped).isTrue();
		held.forEach(Runnable::run);
		assertThat(sent).isCompleted();
	}

	@Test
	void acceptsNothingOnceStoppedUntilStartedAgain() {
		SendTestSupport test = new SendTestSupport();
		test.template.stop(() -> this.stopped.set(true));
		assertThat(test.template.send("s", "x")).satisfies(SendTestSupport.failedWith(Reason.CLOSED));
		test.loop.runUntilIdle();
		assertThat(this.stopped).isTrue();
		assertThat(test.template.send("s", "x")).satisfies(SendTestSupport.failedWith(Reason.CLOSED));
		test.template.start();
		assertThat(test.result(test.template.send("s", "x")).attempts()).isEqualTo(1);
	}

	@Test
	void completesARunningStopWhenClosed() {
		KinesisTemplate template = new KinesisTemplate(
				new SendContext((request) -> new CompletableFuture<>(), Scheduler.system().newLoop("test-loop-"),
						new TemplateExecutor()),
				new SimpleRecordConverter(), ProducerOptions.builder().shutdownTimeout(Duration.ofMillis(200)).build(),
				List.of(), KinesisObservations.NONE);
		CompletableFuture<SendResult> sent = template.send("s", "x");
		template.stop(() -> this.stopped.set(true));
		template.close();
		assertThat(sent).isCompletedExceptionally();
		await().untilTrue(this.stopped);
		template.close();
		assertThat(template.send("s", "x")).satisfies(SendTestSupport.failedWith(Reason.CLOSED));
	}

	@Test
	void failsTheRestAtOnceWhenClosedByAnInterruptedThread() throws Exception {
		for (int round = 0; round < 20; round++) {
			KinesisTemplate template = new KinesisTemplate(
					new SendContext((request) -> new CompletableFuture<>(), Scheduler.system().newLoop("test-loop-"),
							new TemplateExecutor()),
					new SimpleRecordConverter(), ProducerOptions.defaults(), List.of(), KinesisObservations.NONE);
			List<CompletableFuture<SendResult>> sent = new ArrayList<>();
			for (int i = 0; i < 20; i++) {
				sent.add(template.send("s", "key" + i % 3, "x"));
			}
			CompletableFuture<Void> flushed = template.flush();
			Thread.currentThread().interrupt();
			template.close();
			assertThat(Thread.interrupted()).isTrue();
			CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new))
				.handle((none, ex) -> none)
				.get(60, TimeUnit.SECONDS);
			assertThat(sent).allSatisfy(SendTestSupport.failedWith(Reason.CLOSED));
			flushed.get(60, TimeUnit.SECONDS);
			template.flush().get(60, TimeUnit.SECONDS);
			await().until(() -> template.inFlight() == 0);
			assertThat(template.memory().used()).isZero();
		}
	}

	@Test
	void completesEachFlushThatRacesWithClosing() throws Exception {
		for (int round = 0; round < 200; round++) {
			KinesisTemplate template = new KinesisTemplate(
					new SendContext((request) -> new CompletableFuture<>(), Scheduler.system().newLoop("test-loop-"),
							new TemplateExecutor()),
					new SimpleRecordConverter(), ProducerOptions.defaults(), List.of(), KinesisObservations.NONE);
			template.stop(() -> this.stopped.set(true));
			CompletableFuture<List<CompletableFuture<Void>>> flushes = new CompletableFuture<>();
			Thread flushing = new Thread(() -> {
				List<CompletableFuture<Void>> flushed = new ArrayList<>();
				for (int i = 0; i < 50; i++) {
					flushed.add(template.flush());
				}
				flushes.complete(flushed);
			});
			flushing.start();
			template.close();
			for (CompletableFuture<Void> flushed : flushes.get(60, TimeUnit.SECONDS)) {
				flushed.get(60, TimeUnit.SECONDS);
			}
			flushing.join();
		}
	}

	@Test
	void keepsRecordsAcceptedAfterARestartThatDidNotWaitForTheStop() {
		SendTestSupport test = new SendTestSupport(
				ProducerOptions.builder().shutdownTimeout(Duration.ofSeconds(5)).build());
		test.service.next(Behaviour.HANGS);
		CompletableFuture<SendResult> before = test.template.send("s", "x");
		test.template.stop(() -> this.stopped.set(true));
		test.loop.advance(Duration.ofSeconds(4));
		Thread.currentThread().interrupt();
		test.template.start();
		assertThat(Thread.interrupted()).isTrue();
		test.service.next(Behaviour.STORES_ALL.after(Duration.ofSeconds(3)));
		CompletableFuture<SendResult> after = test.template.send("s", "y");
		test.loop.advance(Duration.ofSeconds(4));
		assertThat(before).satisfies(SendTestSupport.failedWith(Reason.CLOSED));
		assertThat(this.stopped).isTrue();
		assertThat(after).isCompleted();
	}

	@Test
	void stopsAfterListenerContainersAndWebServers() {
		assertThat(new SendTestSupport().template.getPhase()).isLessThan(Integer.MAX_VALUE - 100)
			.isLessThan(Integer.MAX_VALUE - 2048);
	}

	/**
	 * Threads send while the template is closed under them: none of their futures stays
	 * open, and what is reported as stored had been accepted.
	 */
	@Test
	void leavesNoFutureOpenWhenClosedUnderLoad() throws InterruptedException {
		for (int round = 0; round < 20; round++) {
			KinesisTemplate template = new KinesisTemplate(
					new SendContext((request) -> CompletableFuture.supplyAsync(() -> PutRecordsResponse.builder()
						.records(request.records()
							.stream()
							.map((entry) -> PutRecordsResultEntry.builder().shardId("0").sequenceNumber("1").build())
							.toList())
						.build()), Scheduler.system().newLoop("test-loop-"), new TemplateExecutor()),
					new SimpleRecordConverter(), ProducerOptions.defaults(), List.of(), KinesisObservations.NONE);
			List<List<CompletableFuture<SendResult>>> sent = List.of(new ArrayList<>(), new ArrayList<>(),
					new ArrayList<>());
			List<Thread> threads = sent.stream().map((futures) -> new Thread(() -> {
				boolean open = true;
				while (open) {
					CompletableFuture<SendResult> future = template.send("s", "k" + futures.size() % 50, "x");
					futures.add(future);
					open = !future.isCompletedExceptionally();
				}
			})).toList();
			threads.forEach(Thread::start);
			while (template.inFlight() == 0) {
				Thread.onSpinWait();
			}
			template.close();
			for (Thread thread : threads) {
				thread.join();
			}
			assertThat(sent).allSatisfy((futures) -> CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
				.handle((none, ex) -> none)
				.orTimeout(60, TimeUnit.SECONDS)
				.join());
			assertThat(template.inFlight()).isZero();
		}
	}

}

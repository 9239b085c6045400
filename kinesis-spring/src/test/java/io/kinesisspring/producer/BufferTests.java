package io.kinesisspring.producer;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.util.unit.DataSize;

import io.kinesisspring.producer.ScriptedService.Behaviour;
import io.kinesisspring.producer.SendFailedException.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of the bound on memory.
 */
@Timeout(180)
class BufferTests {

	@Test
	void blocksTheCallerUntilThereIsRoom() {
		SendTestSupport test = new SendTestSupport(roomForTwo().build());
		test.template.send("s", new byte[700]);
		test.template.send("s", new byte[700]);
		CompletableFuture<CompletableFuture<SendResult>> third = elsewhere(test, "caller");
		await().until(() -> test.template.memory().waiting() == 1);
		assertThat(third).isNotDone();
		test.roundTrip();
		assertThat(third).succeedsWithin(60, TimeUnit.SECONDS);
		test.loop.advance(Duration.ofMillis(30));
		assertThat(third.join()).isCompleted();
	}

	@Test
	void doesNotLingerWhileACallerWaitsForRoom() {
		SendTestSupport test = new SendTestSupport(roomForTwo().linger(Duration.ofMinutes(1)).build());
		test.template.send("s", new byte[700]);
		test.template.send("s", new byte[700]);
		CompletableFuture<CompletableFuture<SendResult>> third = elsewhere(test, "caller");
		await().until(() -> test.template.memory().waiting() == 1);
		test.roundTrip();
		assertThat(third).succeedsWithin(60, TimeUnit.SECONDS);
	}

	@Test
	void failsAfterMaxBlockAndSaysHowFullItIs() {
		SendTestSupport test = new SendTestSupport(roomForTwo().maxBlock(Duration.ofMillis(20)).build());
		test.service.always(Behaviour.HANGS);
		test.template.send("s", new byte[700]);
		test.template.send("s", new byte[700]);
		CompletableFuture<SendResult> third = elsewhere(test, "caller").join();
		SendFailedException failure = SendTestSupport.failureOf(third);
		assertThat(failure.reason()).isEqualTo(Reason.BUFFER_FULL);
		assertThat(failure).hasMessageContaining("of 2048 bytes").hasMessageContaining("max-block of PT0.02S");
	}

	@Test
	void waitsForRoomOnlyOnceForAllRecordsOfACall() {
		SendTestSupport test = new SendTestSupport(roomForTwo().maxBlock(Duration.ofSeconds(1)).build());
		test.service.always(Behaviour.HANGS);
		CompletableFuture<SendAllResult> sent = CompletableFuture
			.supplyAsync(() -> test.template.sendAll("s", Collections.nCopies(100, new byte[700])))
			.join();
		test.loop.advance(Duration.ofMinutes(3));
		assertThat(sent.join().failures()).hasSize(100)
			.filteredOn((failure) -> ((SendFailedException) failure.exception()).reason() == Reason.BUFFER_FULL)
			.hasSize(98);
	}

	@Test
	void rejectsARecordThatIsLargerThanTheBuffer() {
		SendTestSupport test = new SendTestSupport(roomForTwo().build());
		SendFailedException failure = SendTestSupport.failureOf(test.template.send("s", new byte[3000]));
		assertThat(failure.reason()).isEqualTo(Reason.BUFFER_FULL);
		assertThat(failure).hasMessageContaining("larger than the whole buffer");
	}

	@Test
	void neverBlocksTheThreadThatDeliversResponses() {
		SendTestSupport test = new SendTestSupport(roomForTwo().build());
		CompletableFuture<SendResult> first = test.template.send("s", new byte[700]);
		test.template.send("s", new byte[700]);
		CompletableFuture<SendResult> nested = first.thenCompose((result) -> {
			test.template.send("s", new byte[700]);
			test.template.send("s", new byte[700]);
			return test.template.send("s", new byte[700]);
		});
		test.roundTrip();
		assertThat(nested).isCompletedExceptionally();
		for (String name : List.of("sdk-async-response-0-1", "aws-java-sdk-NettyEventLoop-1-0")) {
			test.service.always(Behaviour.HANGS);
			test.template.send("s", new byte[700]);
			test.template.send("s", new byte[700]);
			SendFailedException failure = SendTestSupport.failureOf(elsewhere(test, name).join());
			assertThat(failure.reason()).isEqualTo(Reason.BUFFER_FULL);
			assertThat(failure).hasMessageContaining(name).hasMessageContaining("must not be blocked");
		}
	}

	@Test
	void countsTheOverheadOfSmallRecords() {
		SendTestSupport test = new SendTestSupport(
				ProducerOptions.builder().bufferMemory(DataSize.ofMegabytes(1)).maxBlock(Duration.ZERO).build());
		test.service.always(Behaviour.HANGS);
		CompletableFuture<SendAllResult> sent = test.template.sendAll("s", Collections.nCopies(10_000, "x"));
		assertThat(test.template.inFlight()).isLessThan(4096);
		assertThat(test.result(sent).failures()).hasSize(10_000);
	}

	@Test
	void anInterruptedCallerStaysInterrupted() throws InterruptedException {
		SendTestSupport test = new SendTestSupport(roomForTwo().build());
		test.service.always(Behaviour.HANGS);
		test.template.send("s", new byte[700]);
		test.template.send("s", new byte[700]);
		CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
		Thread caller = new Thread(() -> {
			SendFailedException failure = SendTestSupport.failureOf(test.template.send("s", new byte[700]));
			interrupted.complete(failure.reason() == Reason.BUFFER_FULL && Thread.interrupted());
		});
		caller.start();
		await().until(() -> test.template.memory().waiting() == 1);
		caller.interrupt();
		assertThat(interrupted).succeedsWithin(60, TimeUnit.SECONDS).isEqualTo(true);
		caller.join();
	}

	/**
	 * More virtual threads wait for room than there are carriers, and yet another one
	 * gets on.
	 */
	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void aWaitingVirtualThreadReleasesItsCarrier() {
		SendTestSupport test = new SendTestSupport(roomForTwo().build());
		test.service.always(Behaviour.HANGS);
		test.template.send("s", new byte[700]);
		test.template.send("s", new byte[700]);
		SimpleAsyncTaskExecutor virtual = new SimpleAsyncTaskExecutor();
		virtual.setVirtualThreads(true);
		int waiting = 64 * Runtime.getRuntime().availableProcessors();
		List<CompletableFuture<CompletableFuture<SendResult>>> sent = IntStream.range(0, waiting)
			.mapToObj((i) -> CompletableFuture.supplyAsync(() -> test.template.send("s", new byte[700]), virtual))
			.toList();
		await().until(() -> test.template.memory().waiting() == waiting);
		assertThat(CompletableFuture.supplyAsync(() -> "ran", virtual)).succeedsWithin(60, TimeUnit.SECONDS);
		test.service.always(Behaviour.STORES_ALL);
		test.loop.advance(Duration.ofMinutes(3));
		await().pollInterval(Duration.ofMillis(1)).until(() -> {
			test.roundTrip();
			return sent.stream().allMatch((future) -> future.isDone() && future.join().isDone());
		});
	}

	/** Room for two records of 700 bytes, with what the template needs for them. */
	private static ProducerOptions.Builder roomForTwo() {
		return ProducerOptions.builder().bufferMemory(DataSize.ofKilobytes(2));
	}

	private static CompletableFuture<CompletableFuture<SendResult>> elsewhere(SendTestSupport test, String threadName) {
		CompletableFuture<CompletableFuture<SendResult>> sent = new CompletableFuture<>();
		new Thread(() -> sent.complete(test.template.send("s", new byte[700])), threadName).start();
		return sent;
	}

}

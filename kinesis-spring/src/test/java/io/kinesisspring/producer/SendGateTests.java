package io.kinesisspring.producer;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.kinesisspring.producer.SendFailedException.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of how senders wait for their stream. No turn of the loop opens the gate.
 */
@Timeout(180)
class SendGateTests {

	private final SendTestSupport test = new SendTestSupport();

	private final SendGate gate = this.test.template.memory().gate();

	@Test
	void aSenderWaitsUntilTheStreamTakesMore() throws InterruptedException {
		SendGate slow = new SendGate(() -> 0);
		slow.set("s", SendGate.CLOSED);
		CompletableFuture<Duration> left = CompletableFuture.supplyAsync(() -> awaitGate(slow, Duration.ofHours(1)));
		await().until(() -> slow.waiting() == 1);
		slow.set("other", SendGate.CLOSED);
		slow.set("s", SendGate.OPEN);
		assertThat(left).succeedsWithin(30, TimeUnit.SECONDS);
		assertThat(left.join()).isBetween(Duration.ofHours(1).minus(SendGate.MAX_WAIT), Duration.ofHours(1));
		assertThat(slow.waiting()).isZero();
		assertThat(slow.isOpen("other")).isFalse();
	}

	@Test
	void aSenderGoesOnAfterItsTimeAndIsAccepted() {
		SendTestSupport impatient = new SendTestSupport(
				ProducerOptions.builder().maxBlock(Duration.ofMillis(20)).build());
		impatient.template.memory().gate().set("s", SendGate.CLOSED);
		CompletableFuture<SendResult> sent = CompletableFuture.supplyAsync(() -> impatient.template.send("s", "x"))
			.join();
		impatient.roundTrip();
		assertThat(sent).isCompleted();
	}

	@Test
	void aSenderOfAnotherStreamDoesNotWait() {
		this.gate.set("s", SendGate.CLOSED);
		assertThat(CompletableFuture.supplyAsync(() -> this.test.template.send("other", "x"))).succeedsWithin(30,
				TimeUnit.SECONDS);
		assertThat(this.gate.isOpen("s")).isFalse();
	}

	@Test
	void aSenderThatMustNotBeBlockedDoesNotWait() throws Exception {
		SendTestSupport never = new SendTestSupport(ProducerOptions.builder().maxBlock(Duration.ZERO).build());
		never.template.memory().gate().set("s", SendGate.CLOSED);
		assertThat(CompletableFuture.supplyAsync(() -> never.template.send("s", "x")).join())
			.isNotCompletedExceptionally();
		this.gate.set("s", SendGate.CLOSED);
		CompletableFuture<CompletableFuture<SendResult>> sent = new CompletableFuture<>();
		Thread thread = new Thread(() -> sent.complete(this.test.template.send("s", "x")),
				"aws-java-sdk-NettyEventLoop-1-0");
		thread.start();
		assertThat(sent.get(30, TimeUnit.SECONDS)).isNotCompletedExceptionally();
		thread.join();
	}

	@Test
	void anInterruptedSenderIsAcceptedAndStaysInterrupted() throws Exception {
		this.gate.set("s", SendGate.CLOSED);
		CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
		Thread caller = new Thread(() -> {
			Thread.currentThread().interrupt();
			CompletableFuture<SendResult> sent = this.test.template.send("s", "x");
			interrupted.complete(Thread.interrupted() && !sent.isCompletedExceptionally());
		});
		caller.start();
		assertThat(interrupted.get(30, TimeUnit.SECONDS)).isTrue();
		caller.join();
	}

	@Test
	void aClosedTemplateLetsSendersGo() throws Exception {
		this.test.template.send("s", "first");
		this.test.roundTrip();
		this.gate.set("s", SendGate.CLOSED);
		CompletableFuture<CompletableFuture<SendResult>> sent = CompletableFuture
			.supplyAsync(() -> this.test.template.send("s", "x"));
		await().until(() -> this.gate.waiting() == 1 || sent.isDone());
		this.test.template.close();
		assertThat(SendTestSupport.failureOf(sent.get(30, TimeUnit.SECONDS)).reason()).isEqualTo(Reason.CLOSED);
		this.gate.set("s", SendGate.CLOSED);
		assertThat(this.gate.isOpen("s")).isTrue();
	}

	@Test
	void sendersWaitFromACeilingOn() {
		AtomicLong used = new AtomicLong(99);
		SendGate limited = new SendGate(used::get);
		limited.set("s", 100);
		assertThat(limited.isOpen("s")).isTrue();
		used.set(100);
		assertThat(limited.isOpen("s")).isFalse();
		assertThat(limited.isOpen("other")).isTrue();
		CompletableFuture<Duration> left = CompletableFuture.supplyAsync(() -> awaitGate(limited, Duration.ofHours(1)));
		await().until(() -> limited.waiting() == 1 || left.isDone());
		limited.set("s", 101);
		assertThat(left).succeedsWithin(30, TimeUnit.SECONDS);
		limited.set("s", SendGate.OPEN);
		used.set(Long.MAX_VALUE - 1);
		assertThat(limited.isOpen("s")).isTrue();
	}

	/**
	 * A turn that nobody else asks for.
	 */
	@Test
	void aSenderThatWaitsAsksForATurn() {
		SendGate limited = new SendGate(() -> 100);
		limited.set("s", 100);
		CompletableFuture<Duration> left = CompletableFuture.supplyAsync(() -> {
			try {
				return limited.await("s", Duration.ofHours(1), () -> new Thread(() -> limited.set("s", 101)).start());
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		});
		assertThat(left).succeedsWithin(30, TimeUnit.SECONDS);
		assertThat(left.join()).isGreaterThan(Duration.ofHours(1).minus(SendGate.MAX_WAIT));
	}

	private static Duration awaitGate(SendGate gate, Duration atMost) {
		try {
			return gate.await("s", atMost, () -> {
			});
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}

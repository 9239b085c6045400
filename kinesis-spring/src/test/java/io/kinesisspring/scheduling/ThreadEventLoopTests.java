package io.kinesisspring.scheduling;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Level;
import org.junit.jupiter.api.Test;

import io.kinesisspring.testing.CapturedLog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of {@link ThreadEventLoop}.
 */
class ThreadEventLoopTests {

	@Test
	void survivesAndLogsExceptionsOfTasks() {
		try (CapturedLog log = CapturedLog.of(ThreadEventLoop.class);
				ThreadEventLoop loop = new ThreadEventLoop("loop-")) {
			loop.execute(() -> {
				throw new OutOfMemoryError("unable to create native thread");
			});
			loop.schedule(Duration.ofMillis(1), () -> {
				throw new IllegalStateException("oops");
			});
			loop.on(CompletableFuture.completedFuture(1), (one, ex) -> {
				throw new StackOverflowError();
			});
			await().untilAsserted(() -> assertThat(log.messages(Level.ERROR)).hasSize(3));
			CompletableFuture<Void> next = new CompletableFuture<>();
			loop.execute(() -> next.complete(null));
			assertThat(next).succeedsWithin(Duration.ofSeconds(10));
		}
	}

	/**
	 * A reset closes its loop when it is done, and then runs the callbacks of the caller.
	 */
	@Test
	void aTaskThatClosesTheLoopIsNotInterruptedAndIsTheLast() throws Exception {
		ThreadEventLoop loop = new ThreadEventLoop("loop-");
		CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
		CompletableFuture<Void> next = new CompletableFuture<>();
		CompletableFuture<Thread> thread = new CompletableFuture<>();
		loop.execute(() -> {
			loop.execute(() -> next.complete(null));
			thread.complete(Thread.currentThread());
			loop.close();
			interrupted.complete(Thread.currentThread().isInterrupted());
		});
		thread.get(60, TimeUnit.SECONDS).join(60_000);
		assertThat(interrupted).isCompletedWithValue(false);
		assertThat(next).isNotDone();
	}

}

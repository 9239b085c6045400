package io.kinesisspring.scheduling;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

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
	void outlivesWhateverATaskThrowsAndSaysSo() {
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

}

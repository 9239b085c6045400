package io.kinesisspring.boot.autoconfigure.preflight;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.kinesis.model.AccessDeniedException;
import software.amazon.awssdk.services.kinesis.model.DryRunOperationException;
import software.amazon.awssdk.services.kinesis.model.KinesisException;

import io.kinesisspring.scheduling.EventLoop;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DryRuns}, in simulated time.
 */
class DryRunsTests {

	private final ManualEventLoop loop = new ManualEventLoop();

	private final DryRuns dryRuns = new DryRuns(this.loop);

	private final AtomicInteger calls = new AtomicInteger();

	@Test
	void anAnswerIsPassedOn() {
		CompletableFuture<String> answer = run(() -> CompletableFuture.completedFuture("stored"));
		this.loop.runUntilIdle();
		assertThat(answer).isCompletedWithValue("stored");
		assertThat(this.dryRuns.areSupported()).isFalse();
		assertThat(this.dryRuns.unanswered()).isEmpty();
	}

	@Test
	void aSuccessShowsThatDryRunsAreSupported() {
		assertThat(this.dryRuns.areSupported()).isFalse();
		CompletableFuture<String> answer = run(
				() -> CompletableFuture.failedFuture(DryRunOperationException.builder().build()));
		this.loop.runUntilIdle();
		assertThat(answer).isCompletedExceptionally();
		assertThat(this.dryRuns.areSupported()).isTrue();
	}

	@Test
	void aDenialIsPassedOnAndShowsNothing() {
		CompletableFuture<String> answer = run(
				() -> CompletableFuture.failedFuture(AccessDeniedException.builder().build()));
		this.loop.runUntilIdle();
		assertThat(failureOf(answer)).isInstanceOf(AccessDeniedException.class);
		assertThat(this.dryRuns.areSupported()).isFalse();
		assertThat(this.calls).hasValue(1);
	}

	@Test
	void aThrottledDryRunIsRepeatedUntilItIsAnswered() {
		CompletableFuture<String> answer = run(() -> CompletableFuture
			.failedFuture((this.calls.get() < 5) ? throttled() : DryRunOperationException.builder().build()));
		this.loop.runUntilIdle();
		assertThat(failureOf(answer)).isInstanceOf(DryRunOperationException.class);
		assertThat(this.calls).hasValue(5);
		assertThat(this.loop.elapsed()).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(6));
		assertThat(this.dryRuns.unanswered()).isEmpty();
	}

	@Test
	void aDryRunThatStaysThrottledIsGivenUpInTime() {
		CompletableFuture<String> answer = run(() -> CompletableFuture.failedFuture(throttled()));
		this.loop.runUntilIdle();
		assertThat(failureOf(answer)).isInstanceOf(KinesisException.class);
		assertThat(this.loop.elapsed()).isBetween(DryRuns.RETRY_TIMEOUT.minusSeconds(2), DryRuns.RETRY_TIMEOUT);
		assertThat(this.dryRuns.unanswered()).containsExactly("kinesis:PutRecords on stream/orders");
		assertThat(this.dryRuns.areSupported()).isFalse();
	}

	@Test
	void aCallThatThrowsIsACallThatFails() {
		CompletableFuture<String> answer = run(() -> {
			throw new IllegalStateException("closed");
		});
		this.loop.runUntilIdle();
		assertThat(failureOf(answer)).isInstanceOf(IllegalStateException.class);
	}

	private CompletableFuture<String> run(Supplier<CompletableFuture<String>> call) {
		return this.dryRuns.run("kinesis:PutRecords", "stream/orders", () -> {
			this.calls.incrementAndGet();
			return call.get();
		});
	}

	private static Throwable failureOf(CompletableFuture<?> answer) {
		assertThat(answer).isCompletedExceptionally();
		return answer.handle((done, ex) -> ex).join();
	}

	private static Exception throttled() {
		return KinesisException.builder()
			.awsErrorDetails(AwsErrorDetails.builder().errorCode("ThrottlingException").build())
			.build();
	}

	/**
	 * Runs its tasks on the thread of the test. Time passes when there is nothing else to
	 * do.
	 */
	private static final class ManualEventLoop implements EventLoop {

		private final Deque<Runnable> tasks = new ArrayDeque<>();

		private final List<Timer> timers = new ArrayList<>();

		private final RandomGenerator random = new Random(1);

		private long now = -1_000_000_000L;

		@Override
		public void execute(Runnable task) {
			this.tasks.add(task);
		}

		@Override
		public Cancellable schedule(Duration delay, Runnable task) {
			Timer timer = new Timer(this.now + delay.toNanos(), task);
			this.timers.add(timer);
			return () -> this.timers.remove(timer);
		}

		@Override
		public long nanoTime() {
			return this.now;
		}

		@Override
		public RandomGenerator random() {
			return this.random;
		}

		@Override
		public void close() {
			this.tasks.clear();
			this.timers.clear();
		}

		private Duration elapsed() {
			return Duration.ofNanos(this.now + 1_000_000_000L);
		}

		private void runUntilIdle() {
			while (!this.tasks.isEmpty() || !this.timers.isEmpty()) {
				if (this.tasks.isEmpty()) {
					this.timers.sort(Comparator.comparingLong(Timer::at));
					Timer next = this.timers.remove(0);
					this.now = next.at();
					this.tasks.add(next.task());
				}
				this.tasks.remove().run();
			}
		}

		private record Timer(long at, Runnable task) {
		}

	}

}

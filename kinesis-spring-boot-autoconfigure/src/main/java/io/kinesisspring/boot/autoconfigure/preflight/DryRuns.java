package io.kinesisspring.boot.autoconfigure.preflight;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.kinesis.model.DryRunOperationException;

import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.Futures;

/**
 * Makes dry runs. A stream admits one a second, for all actions and all instances
 * together ("Test your permissions and request inputs with dry run" in the developer
 * guide). A throttled dry run says nothing and is repeated for a while. Thread-safe.
 */
final class DryRuns {

	/** How long throttled dry runs are repeated, counted from the first one. */
	static final Duration RETRY_TIMEOUT = Duration.ofSeconds(30);

	private static final Duration MIN_PAUSE = Duration.ofMillis(500);

	private static final Duration MAX_PAUSE = Duration.ofMillis(1500);

	private static final String THROTTLED = "ThrottlingException";

	private final Set<String> unanswered = new ConcurrentSkipListSet<>();

	private final EventLoop loop;

	private final long startedAt;

	private volatile boolean supported;

	DryRuns(EventLoop loop) {
		this.loop = loop;
		this.startedAt = loop.nanoTime();
	}

	/**
	 * Make a dry run.
	 * @param action the action
	 * @param resource its resource
	 * @param call makes the call; it may be called several times
	 * @return what the last call answered, usually with an exception
	 */
	<T extends @Nullable Object> CompletableFuture<T> run(String action, String resource,
			Supplier<CompletableFuture<T>> call) {
		CompletableFuture<T> answer = new CompletableFuture<>();
		attempt(action + " on " + resource, call, answer);
		return answer;
	}

	private <T extends @Nullable Object> void attempt(String what, Supplier<CompletableFuture<T>> call,
			CompletableFuture<T> answer) {
		Futures.whenDone(this.loop, Futures.call(this.loop, call), (outcome, ex) -> {
			if (ex == null) {
				answer.complete(outcome);
			}
			else if (isThrottled(ex)) {
				repeat(what, call, answer, ex);
			}
			else {
				this.supported |= ex instanceof DryRunOperationException;
				answer.completeExceptionally(ex);
			}
		});
	}

	private <T extends @Nullable Object> void repeat(String what, Supplier<CompletableFuture<T>> call,
			CompletableFuture<T> answer, Throwable ex) {
		Duration pause = Duration.ofNanos(this.loop.random().nextLong(MIN_PAUSE.toNanos(), MAX_PAUSE.toNanos()));
		Duration elapsed = Duration.ofNanos(this.loop.nanoTime() - this.startedAt);
		if (elapsed.plus(pause).compareTo(RETRY_TIMEOUT) <= 0) {
			this.loop.schedule(pause, () -> attempt(what, call, answer));
		}
		else {
			this.unanswered.add(what);
			answer.completeExceptionally(ex);
		}
	}

	private static boolean isThrottled(Throwable ex) {
		return ex instanceof AwsServiceException service && service.awsErrorDetails() != null
				&& THROTTLED.equals(service.awsErrorDetails().errorCode());
	}

	/**
	 * Return whether a dry run has shown that the server supports dry runs. A server that
	 * does not would store the record of a dry {@code PutRecords}.
	 */
	boolean areSupported() {
		return this.supported;
	}

	/**
	 * Return the actions that stayed throttled, with their resources.
	 */
	Set<String> unanswered() {
		return new TreeSet<>(this.unanswered);
	}

}

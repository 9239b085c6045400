package io.kinesisspring.shard;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.scheduling.EventLoop;

/**
 * Ends the wait for a response that never arrives. Auto-configured clients have shorter
 * timeouts of their own, but an application's own client may have none.
 */
final class ResponseTimeout {

	private static final Duration TIMEOUT = Duration.ofMinutes(1);

	private ResponseTimeout() {
	}

	static <T extends @Nullable Object> CompletableFuture<T> apply(CompletableFuture<T> call, EventLoop loop) {
		if (call.isDone()) {
			return call;
		}
		EventLoop.Cancellable timer = loop.schedule(TIMEOUT, () -> call
			.completeExceptionally(new TimeoutException("no response within " + TIMEOUT.toSeconds() + "s")));
		return call.whenComplete((value, ex) -> timer.cancel());
	}

}

package io.kinesisspring.scheduling;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Publishes the outcomes of asynchronous calls on an {@link EventLoop}.
 *
 * @since 0.1.0
 */
public final class Futures {

	private Futures() {
	}

	/**
	 * The exception of a failed future, without the wrapper of a dependent stage.
	 * @param ex the exception of a stage
	 * @return the cause of a {@link CompletionException}, any other exception itself
	 */
	public static Throwable cause(Throwable ex) {
		return (ex instanceof CompletionException && ex.getCause() != null) ? ex.getCause() : ex;
	}

	/**
	 * Make a call whose outcome is published on the loop. Dependent stages therefore run
	 * on the loop and need no executor. A call that throws is a call that fails.
	 * @param <T> the type of the outcome
	 * @param loop where the outcome is published, always in a task of its own
	 * @param call makes the call
	 * @return the outcome, or the cause of the failure
	 */
	public static <T extends @Nullable Object> CompletableFuture<T> call(EventLoop loop,
			Supplier<CompletableFuture<T>> call) {
		CompletableFuture<T> published = new CompletableFuture<>();
		try {
			loop.on(call.get(), (outcome, ex) -> {
				if (ex != null) {
					published.completeExceptionally(cause(ex));
				}
				else {
					published.complete(outcome);
				}
			});
		}
		catch (Throwable ex) {
			loop.execute(() -> published.completeExceptionally(ex));
		}
		return published;
	}

	/**
	 * Handle an outcome that is published on the loop. Unlike in a dependent stage, an
	 * exception of the action is not lost.
	 * @param <T> the type of the outcome
	 * @param loop runs what the action throws
	 * @param future the future to wait for
	 * @param action gets the outcome or the failure
	 */
	public static <T extends @Nullable Object> void whenDone(EventLoop loop, CompletableFuture<T> future,
			BiConsumer<T, @Nullable Throwable> action) {
		future.whenComplete((outcome, ex) -> {
			try {
				action.accept(outcome, ex);
			}
			catch (RuntimeException | Error thrown) {
				loop.execute(() -> {
					throw thrown;
				});
			}
		});
	}

}

package io.kinesisspring.scheduling;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

/**
 * Runs tasks one at a time, in order, now or later. State that is touched by one loop's
 * tasks alone needs no lock, and a simulated loop makes all that runs on it
 * deterministic: time and chance both come from here. Tasks must be short and must never
 * block; application code never runs here. All methods may be called from any thread.
 *
 * @since 0.1.0
 */
public interface EventLoop extends Executor, AutoCloseable {

	/**
	 * Run a task as soon as those before it are done. After {@link #close()} the task is
	 * dropped.
	 * @param task what to run
	 */
	@Override
	void execute(Runnable task);

	/**
	 * Run a task later.
	 * @param delay how long to wait at least
	 * @param task what to run
	 * @return a handle that calls the task off
	 */
	Cancellable schedule(Duration delay, Runnable task);

	/**
	 * The loop's monotonic clock.
	 * @return nanoseconds since some fixed but arbitrary moment
	 */
	long nanoTime();

	/**
	 * The loop's source of chance, so that a simulated loop can repeat what was left to
	 * it.
	 * @return a generator that is safe to use from any thread
	 */
	RandomGenerator random();

	/**
	 * Go on here when something is done elsewhere. Unlike a dependent stage, what the
	 * action throws does not vanish.
	 * @param <T> the type of the outcome
	 * @param stage what is waited for
	 * @param action gets the outcome or the failure, on this loop
	 */
	default <T extends @Nullable Object> void on(CompletionStage<T> stage, BiConsumer<T, @Nullable Throwable> action) {
		stage.whenComplete((outcome, ex) -> execute(() -> action.accept(outcome, ex)));
	}

	/**
	 * Drop what has not begun and end the loop.
	 */
	@Override
	void close();

	/**
	 * A task that has been scheduled.
	 */
	@FunctionalInterface
	interface Cancellable {

		/**
		 * Call the task off; no effect once it has begun.
		 */
		void cancel();

	}

}

package io.kinesisspring.scheduling;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

/**
 * Runs tasks one at a time, in order, now or later. State that only the tasks of one loop
 * use needs no lock. Time and random numbers come from the loop, so a simulated loop
 * makes everything on it deterministic. Tasks must be short and must not block.
 * Application code never runs on a loop. All methods may be called from any thread.
 *
 * @since 0.1.0
 */
public interface EventLoop extends Executor, AutoCloseable {

	/**
	 * Run a task after the tasks before it. After {@link #close()} the task is dropped.
	 * @param task the task
	 */
	@Override
	void execute(Runnable task);

	/**
	 * Run a task later.
	 * @param delay the minimum delay
	 * @param task the task
	 * @return a handle that cancels the task
	 */
	Cancellable schedule(Duration delay, Runnable task);

	/**
	 * Return the time of the loop's monotonic clock.
	 * @return nanoseconds since some fixed but arbitrary moment
	 */
	long nanoTime();

	/**
	 * Return the loop's random generator. A simulated loop repeats its numbers.
	 * @return a thread-safe generator
	 */
	RandomGenerator random();

	/**
	 * Run an action on this loop when a stage completes elsewhere. Unlike a dependent
	 * stage, an exception of the action is not lost.
	 * @param <T> the type of the result
	 * @param stage the stage
	 * @param action receives the result or the exception
	 */
	default <T extends @Nullable Object> void on(CompletionStage<T> stage, BiConsumer<T, @Nullable Throwable> action) {
		stage.whenComplete((outcome, ex) -> execute(() -> action.accept(outcome, ex)));
	}

	/**
	 * Drop the tasks that have not started, and end the loop.
	 */
	@Override
	void close();

	/**
	 * A scheduled task.
	 */
	@FunctionalInterface
	interface Cancellable {

		/**
		 * Cancel the task. Does nothing after the task has started.
		 */
		void cancel();

	}

}

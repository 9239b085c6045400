package io.kinesisspring.scheduling;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/**
 * Where event loops, wall-clock time and random numbers come from. What is created from a
 * simulated scheduler runs in simulated time as a whole. Thread-safe.
 *
 * @since 0.1.0
 */
public interface Scheduler {

	/**
	 * Create an event loop. The caller closes it.
	 * @param threadName the prefix of the name of its thread
	 * @return a loop that does not depend on any other loop
	 */
	EventLoop newLoop(String threadName);

	/**
	 * Return the clock of this host. It may jump. For durations, use
	 * {@link EventLoop#nanoTime()}.
	 * @return a clock in UTC
	 */
	Clock clock();

	/**
	 * Return a random generator for code that runs on no event loop.
	 * @return a thread-safe generator
	 */
	RandomGenerator random();

	/**
	 * Wait without blocking a thread.
	 * @param threadName the prefix of the name of the thread that completes the future
	 * and runs its dependent stages
	 * @param delay the minimum delay
	 * @return completes when the delay has passed
	 */
	default CompletableFuture<Void> delay(String threadName, Duration delay) {
		CompletableFuture<Void> passed = new CompletableFuture<>();
		EventLoop loop = newLoop(threadName);
		loop.schedule(delay, () -> {
			loop.close();
			passed.complete(null);
		});
		return passed;
	}

	/**
	 * Return the scheduler that runs in real time. Only what an application creates asks
	 * for it; everything else is given a scheduler.
	 * @return the scheduler of this JVM
	 */
	static Scheduler system() {
		return SystemScheduler.INSTANCE;
	}

}

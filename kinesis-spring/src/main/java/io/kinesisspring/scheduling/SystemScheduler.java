package io.kinesisspring.scheduling;

import java.time.Clock;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/**
 * Real time, threads and chance.
 */
final class SystemScheduler implements Scheduler {

	static final SystemScheduler INSTANCE = new SystemScheduler();

	private SystemScheduler() {
	}

	@Override
	public EventLoop newLoop(String threadName) {
		return new ThreadEventLoop(threadName);
	}

	@Override
	public Clock clock() {
		return Clock.systemUTC();
	}

	@Override
	public RandomGenerator random() {
		return () -> ThreadLocalRandom.current().nextLong();
	}

}

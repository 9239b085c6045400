package io.kinesisspring.testing;

import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

/**
 * The threads that listeners and templates run on in tests: virtual ones where the system
 * property {@code kinesis.test.virtual-threads} is {@code true}, which takes Java 21.
 */
public final class TestThreads {

	private static final boolean VIRTUAL = Boolean.getBoolean("kinesis.test.virtual-threads");

	private TestThreads() {
	}

	public static AsyncTaskExecutor executor(String namePrefix) {
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor(namePrefix);
		executor.setVirtualThreads(VIRTUAL);
		return executor;
	}

}

package io.kinesisspring.producer;

import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * The threads of a template without an executor: as many as there are tasks, so a
 * callback that blocks delays neither requests nor other callbacks. The threads inherit
 * nothing from the sender that causes their creation. Their class loader is that of the
 * thread that created the template.
 */
final class TemplateExecutor extends ThreadPoolTaskExecutor {

	private static final long serialVersionUID = 1L;

	private final transient @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

	TemplateExecutor() {
		setThreadNamePrefix("kinesis-template-");
		setDaemon(true);
		setCorePoolSize(0);
		setQueueCapacity(0);
		initialize();
	}

	@Override
	public Thread createThread(Runnable runnable) {
		return detached(runnable, nextThreadName(), this.classLoader);
	}

	/**
	 * End the threads after their current tasks.
	 * @param interrupt whether to interrupt the tasks
	 */
	void close(boolean interrupt) {
		if (interrupt) {
			shutdown();
		}
		else {
			initiateShutdown();
		}
	}

	/**
	 * Create a daemon thread without the thread-locals of the current one.
	 * @param task the task of the thread
	 * @param name its name
	 * @param classLoader its context class loader
	 * @return a thread that is not started
	 */
	static Thread detached(Runnable task, String name, @Nullable ClassLoader classLoader) {
		Thread thread = new Thread(null, task, name, 0, false);
		thread.setDaemon(true);
		thread.setContextClassLoader(classLoader);
		return thread;
	}

}

package io.kinesisspring.producer;

import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * The threads of a template that was given none: as many as there is work for at the same
 * time, so that a callback that blocks holds up neither requests nor other callbacks.
 * They inherit nothing from whoever sends when they are needed; their class loader is
 * that of the thread that made the template.
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
	 * End the threads once they are done with what they do.
	 * @param interrupt whether to interrupt what they do
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
	 * A daemon thread without the thread-locals of the one that makes it.
	 * @param task what it runs
	 * @param name its name
	 * @param classLoader its context class loader
	 * @return a thread that has not been started
	 */
	static Thread detached(Runnable task, String name, @Nullable ClassLoader classLoader) {
		Thread thread = new Thread(null, task, name, 0, false);
		thread.setDaemon(true);
		thread.setContextClassLoader(classLoader);
		return thread;
	}

}

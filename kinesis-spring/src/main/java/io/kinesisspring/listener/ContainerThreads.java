package io.kinesisspring.listener;

import java.util.concurrent.Executor;

/**
 * Knows which threads are at work for a container: whoever waits on one of them until the
 * container has finished its records waits for itself. Thread-safe.
 */
final class ContainerThreads {

	private final ThreadLocal<Boolean> own = new ThreadLocal<>();

	/**
	 * An executor whose tasks are the container's.
	 */
	Executor around(Executor executor) {
		return (task) -> executor.execute(() -> run(task));
	}

	private void run(Runnable task) {
		boolean already = isCurrent();
		this.own.set(true);
		try {
			task.run();
		}
		finally {
			if (!already) {
				this.own.remove();
			}
		}
	}

	/**
	 * Whether the current thread is at work for the container.
	 */
	boolean isCurrent() {
		return this.own.get() != null;
	}

}

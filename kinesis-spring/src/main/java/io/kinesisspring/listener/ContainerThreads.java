package io.kinesisspring.listener;

import java.util.concurrent.Executor;

/**
 * Knows which threads run tasks of a container. On such a thread, waiting until the
 * container has finished its records would be waiting for itself. Thread-safe.
 */
final class ContainerThreads {

	private final ThreadLocal<Boolean> own = new ThreadLocal<>();

	/**
	 * Wrap an executor so that its tasks count as the container's.
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
	 * Whether the current thread runs a task of the container.
	 */
	boolean isCurrent() {
		return this.own.get() != null;
	}

}

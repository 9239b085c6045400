package io.kinesisspring.producer;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks on a template's executor, or on spare threads if the executor rejects them,
 * so that application code stays off the engine's loop. A task may run twice if the
 * executor throws after it accepted the task. Thread-safe.
 */
final class TaskExecutor implements Executor {

	private static final Log logger = LogFactory.getLog(TaskExecutor.class);

	private final Executor executor;

	private final @Nullable Executor spare;

	private final AtomicBoolean failing = new AtomicBoolean();

	/**
	 * Create an executor.
	 * @param executor the template's executor
	 * @param spare runs rejected tasks, or {@code null} if there is none
	 */
	TaskExecutor(Executor executor, @Nullable Executor spare) {
		this.executor = executor;
		this.spare = spare;
	}

	static TaskExecutor of(Executor executor) {
		if (executor instanceof TaskExecutor task) {
			return task;
		}
		return new TaskExecutor(executor, (executor instanceof TemplateExecutor) ? null : new TemplateExecutor());
	}

	/**
	 * Run a task.
	 * @param task the task
	 * @throws RuntimeException if no thread takes the task
	 */
	@Override
	public void execute(Runnable task) {
		try {
			this.executor.execute(task);
			if (this.failing.get()) {
				this.failing.set(false);
			}
		}
		catch (Throwable ex) {
			if (this.failing.compareAndSet(false, true)) {
				logger.warn(
						"The executor of the template rejects tasks"
								+ ((this.spare != null) ? "; threads of the template run them" : "; they are retried"),
						ex);
			}
			executeSpare(task, ex);
		}
	}

	/**
	 * Run a task that must not wait for threads that application code blocks.
	 * @param task the task
	 */
	void executeSpare(Runnable task) {
		((this.spare != null) ? this.spare : this.executor).execute(task);
	}

	/**
	 * End the threads that belong to the template.
	 * @param interrupt whether to interrupt callbacks that still run
	 */
	void close(boolean interrupt) {
		if (this.executor instanceof TemplateExecutor own) {
			own.close(interrupt);
		}
		if (this.spare instanceof TemplateExecutor own) {
			own.close(interrupt);
		}
	}

	@SuppressWarnings("unchecked")
	private <E extends Throwable> void executeSpare(Runnable task, Throwable rejection) throws E {
		if (this.spare == null) {
			throw (E) rejection;
		}
		this.spare.execute(task);
	}

}

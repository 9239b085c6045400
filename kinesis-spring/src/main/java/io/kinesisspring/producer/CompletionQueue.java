package io.kinesisspring.producer;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Futures that are completed one after the other, with whatever applications have hung on
 * them. If a callback blocks, the rest can be completed by another thread that runs the
 * same completions: each is run once, whoever does it. Thread-safe.
 */
final class CompletionQueue implements Runnable {

	private static final Log logger = LogFactory.getLog(CompletionQueue.class);

	private final List<Runnable> tasks;

	private final ThreadLocal<@Nullable Run> running;

	private final Runnable whenDone;

	private final AtomicInteger next = new AtomicInteger();

	private final AtomicInteger unfinished;

	/**
	 * Create completions that nobody has begun.
	 * @param tasks what to run
	 * @param running where a thread notes what it runs
	 * @param whenDone run when all have come to an end
	 */
	CompletionQueue(List<Runnable> tasks, ThreadLocal<@Nullable Run> running, Runnable whenDone) {
		this.tasks = tasks;
		this.running = running;
		this.whenDone = whenDone;
		this.unfinished = new AtomicInteger(tasks.size());
	}

	@Override
	public void run() {
		Run outer = this.running.get();
		Run run = new Run(this);
		this.running.set(run);
		try {
			int index = this.next.getAndIncrement();
			while (index < this.tasks.size()) {
				run(this.tasks.get(index), run);
				index = this.next.getAndIncrement();
			}
		}
		finally {
			if (outer != null) {
				this.running.set(outer);
			}
			else {
				this.running.remove();
			}
		}
	}

	private void run(Runnable task, Run run) {
		run.excused = false;
		try {
			task.run();
		}
		catch (Throwable ex) {
			logger.error("The future of a record was completed, but what is hung on it failed", ex);
		}
		finally {
			if (!run.excused) {
				finished();
			}
		}
	}

	private void finished() {
		if (this.unfinished.decrementAndGet() == 0) {
			this.whenDone.run();
		}
	}

	boolean isDone() {
		return this.unfinished.get() == 0;
	}

	boolean hasBegun() {
		return this.next.get() > 0;
	}

	/**
	 * Whether there are futures that no thread has come to yet.
	 */
	boolean hasMore() {
		return this.next.get() < this.tasks.size();
	}

	/**
	 * How many have come to an end: tells whether somebody gets on with them.
	 */
	int finishedCount() {
		return this.tasks.size() - this.unfinished.get();
	}

	/**
	 * Take all back, unless a thread has begun.
	 * @return whether nobody will run any of them
	 */
	boolean revoke() {
		return this.next.compareAndSet(0, this.tasks.size());
	}

	/**
	 * What a thread runs. Belongs to that thread.
	 */
	static final class Run {

		private final CompletionQueue completionQueue;

		private boolean excused;

		Run(CompletionQueue completionQueue) {
			this.completionQueue = completionQueue;
		}

		/**
		 * Take the running one for finished, as it waits for the others.
		 * @return the completions that it is one of
		 */
		CompletionQueue excuse() {
			if (!this.excused) {
				this.excused = true;
				this.completionQueue.finished();
			}
			return this.completionQueue;
		}

	}

}

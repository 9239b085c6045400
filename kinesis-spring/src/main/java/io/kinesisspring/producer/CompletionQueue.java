package io.kinesisspring.producer;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Completes futures one after the other, and runs their callbacks. If a callback blocks,
 * another thread can run the same queue: each completion runs once, on one of the
 * threads. Thread-safe.
 */
final class CompletionQueue implements Runnable {

	private static final Log logger = LogFactory.getLog(CompletionQueue.class);

	private final List<? extends CompletableFuture<?>> futures;

	private final Consumer<? super CompletableFuture<?>> completion;

	private final ThreadLocal<@Nullable Run> running;

	private final Runnable onDone;

	private final AtomicInteger next = new AtomicInteger();

	private final AtomicInteger unfinished;

	/**
	 * Create a queue that has not started.
	 * @param futures the futures to complete
	 * @param completion completes one of them
	 * @param running where a thread stores its current run
	 * @param onDone runs when all completions have finished
	 */
	CompletionQueue(List<? extends CompletableFuture<?>> futures, Consumer<? super CompletableFuture<?>> completion,
			ThreadLocal<@Nullable Run> running, Runnable onDone) {
		this.futures = futures;
		this.completion = completion;
		this.running = running;
		this.onDone = onDone;
		this.unfinished = new AtomicInteger(futures.size());
	}

	@Override
	public void run() {
		Run outer = this.running.get();
		Run run = new Run(this);
		this.running.set(run);
		try {
			int index = this.next.getAndIncrement();
			while (index < this.futures.size()) {
				complete(this.futures.get(index), run);
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

	private void complete(CompletableFuture<?> future, Run run) {
		run.countedAsFinished = false;
		try {
			this.completion.accept(future);
		}
		catch (Throwable ex) {
			logger.error("The future of a record was completed, but one of its callbacks failed", ex);
		}
		finally {
			if (!run.countedAsFinished) {
				markFinished();
			}
		}
	}

	private void markFinished() {
		if (this.unfinished.decrementAndGet() == 0) {
			this.onDone.run();
		}
	}

	boolean isDone() {
		return this.unfinished.get() == 0;
	}

	boolean hasStarted() {
		return this.next.get() > 0;
	}

	/**
	 * Return whether there are completions that no thread has taken.
	 */
	boolean hasMore() {
		return this.next.get() < this.futures.size();
	}

	/**
	 * Return the number of finished completions, which shows whether there is progress.
	 */
	int finishedCount() {
		return this.futures.size() - this.unfinished.get();
	}

	/**
	 * Revoke all completions, unless a thread has started.
	 * @return whether no completion will run
	 */
	boolean revoke() {
		return this.next.compareAndSet(0, this.futures.size());
	}

	/**
	 * The run of one thread. Belongs to that thread.
	 */
	static final class Run {

		private final CompletionQueue completionQueue;

		private boolean countedAsFinished;

		Run(CompletionQueue completionQueue) {
			this.completionQueue = completionQueue;
		}

		/**
		 * Count the running completion as finished, because it waits for others.
		 * @return the queue of the completion
		 */
		CompletionQueue countAsFinished() {
			if (!this.countedAsFinished) {
				this.countedAsFinished = true;
				this.completionQueue.markFinished();
			}
			return this.completionQueue;
		}

	}

}

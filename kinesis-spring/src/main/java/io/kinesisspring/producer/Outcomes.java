package io.kinesisspring.producer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;

/**
 * Completes the futures of records, and with them runs whatever applications have hung on
 * them: never on the engine's loop, as long as the executor takes tasks. All methods but
 * {@link #accepted()}, {@link #refused()} and {@link #open()} belong to the engine's
 * loop.
 */
final class Outcomes {

	private final Executor executor;

	private final LongAdder open = new LongAdder();

	private final List<CompletableFuture<Void>> underWay = new ArrayList<>();

	private List<Runnable> completions = new ArrayList<>();

	Outcomes(Executor executor) {
		this.executor = executor;
	}

	void accepted() {
		this.open.increment();
	}

	void refused() {
		this.open.decrement();
	}

	/**
	 * How many futures have not been completed.
	 * @return the number of records
	 */
	long open() {
		return this.open.sum();
	}

	void succeed(OutgoingRecord record, SendResult result) {
		this.completions.add(() -> {
			record.future().complete(result);
			this.open.decrement();
		});
	}

	void fail(OutgoingRecord record, SendFailedException exception) {
		this.completions.add(() -> {
			record.future().completeExceptionally(exception);
			this.open.decrement();
		});
	}

	/**
	 * Complete what has been decided, and soon return.
	 */
	void dispatch() {
		if (this.completions.isEmpty()) {
			return;
		}
		List<Runnable> decided = this.completions;
		this.completions = new ArrayList<>();
		CompletableFuture<Void> done = new CompletableFuture<>();
		this.underWay.removeIf(CompletableFuture::isDone);
		this.underWay.add(done);
		Runnable task = () -> {
			try {
				decided.forEach(Runnable::run);
			}
			finally {
				done.complete(null);
			}
		};
		try {
			this.executor.execute(task);
		}
		catch (RejectedExecutionException ex) {
			task.run();
		}
	}

	/**
	 * Complete a future when all that has been dispatched is done.
	 * @param future the future
	 */
	void afterDispatched(CompletableFuture<Void> future) {
		CompletableFuture.allOf(this.underWay.toArray(CompletableFuture[]::new))
			.whenComplete((none, ex) -> future.complete(null));
	}

}

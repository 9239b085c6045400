package io.kinesisspring.reader;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

import io.kinesisspring.scheduling.EventLoop;

/**
 * Reports what a task throws, so that nobody waits for a result in vain.
 */
final class GuardedLoop implements EventLoop {

	private final EventLoop loop;

	private final Consumer<Throwable> onFailure;

	GuardedLoop(EventLoop loop, Consumer<Throwable> onFailure) {
		this.loop = loop;
		this.onFailure = onFailure;
	}

	@Override
	public void execute(Runnable task) {
		this.loop.execute(() -> run(task));
	}

	@Override
	public Cancellable schedule(Duration delay, Runnable task) {
		return this.loop.schedule(delay, () -> run(task));
	}

	private void run(Runnable task) {
		try {
			task.run();
		}
		catch (Throwable ex) {
			this.onFailure.accept(ex);
		}
	}

	@Override
	public long nanoTime() {
		return this.loop.nanoTime();
	}

	@Override
	public RandomGenerator random() {
		return this.loop.random();
	}

	@Override
	public void close() {
		this.loop.close();
	}

}

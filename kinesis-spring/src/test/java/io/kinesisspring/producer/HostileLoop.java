package io.kinesisspring.producer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.SimulatedEventLoop;

/**
 * A loop that does not take every task, or is late, and that survives what its tasks
 * throw.
 */
final class HostileLoop implements EventLoop {

	private final SimulatedEventLoop loop;

	private final Hostility hostility;

	private final List<Throwable> thrown = new ArrayList<>();

	private int tasks;

	private boolean careful;

	HostileLoop(SimulatedEventLoop loop, Hostility hostility) {
		this.loop = loop;
		this.hostility = hostility;
	}

	/** What its tasks have thrown of themselves. */
	List<Throwable> thrown() {
		return this.thrown;
	}

	/** How many tasks it has run. */
	int tasks() {
		return this.tasks;
	}

	/**
	 * Do something while the loop takes all tasks.
	 */
	void carefully(Runnable action) {
		this.careful = true;
		action.run();
		this.careful = false;
	}

	@Override
	public void execute(Runnable task) {
		if (!this.careful && this.hostility.happens(300)) {
			throw new OutOfMemoryError(Hostility.INJECTED);
		}
		this.loop.execute(() -> run(task));
	}

	@Override
	public Cancellable schedule(Duration delay, Runnable task) {
		if (!this.careful && this.hostility.happens(100)) {
			throw new OutOfMemoryError(Hostility.INJECTED);
		}
		if (this.hostility.happens(200)) {
			this.loop.pause(Duration.ofSeconds(2));
		}
		return this.loop.schedule(delay, () -> run(task));
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

	private void run(Runnable task) {
		this.tasks++;
		try {
			task.run();
		}
		catch (Throwable ex) {
			if (!Hostility.INJECTED.equals(ex.getMessage())) {
				this.thrown.add(ex);
			}
		}
	}

}

package io.kinesisspring.producer;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.EventLoop.Cancellable;

/**
 * Runs a task at the earliest of the set times. Belongs to its loop.
 */
final class Timer {

	private final EventLoop loop;

	private final Runnable task;

	private @Nullable Cancellable scheduled;

	private long dueAt;

	Timer(EventLoop loop, Runnable task) {
		this.loop = loop;
		this.task = task;
	}

	/**
	 * Run the task at a given time or before.
	 * @param moment the latest time, by the engine's clock
	 * @param now the time of the engine's clock
	 */
	void setAtLatest(long moment, long now) {
		if (this.scheduled != null) {
			if (this.dueAt <= moment) {
				return;
			}
			this.scheduled.cancel();
			this.scheduled = null;
		}
		this.dueAt = moment;
		this.scheduled = this.loop.schedule(Duration.ofNanos(Math.max(0, moment - now)), () -> {
			this.scheduled = null;
			this.task.run();
		});
	}

}

package io.kinesisspring.producer;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.EventLoop.Cancellable;

/**
 * Runs a task at the earliest of the moments that it has been set to. Belongs to its
 * loop.
 */
final class Timer {

	private final EventLoop loop;

	private final Runnable task;

	private @Nullable Cancellable armed;

	private long at;

	Timer(EventLoop loop, Runnable task) {
		this.loop = loop;
		this.task = task;
	}

	/**
	 * Run the task at a moment or before.
	 * @param moment by the engine's clock
	 * @param now by the engine's clock
	 */
	void set(long moment, long now) {
		if (this.armed != null) {
			if (this.at <= moment) {
				return;
			}
			this.armed.cancel();
			this.armed = null;
		}
		this.at = moment;
		this.armed = this.loop.schedule(Duration.ofNanos(Math.max(0, moment - now)), () -> {
			this.armed = null;
			this.task.run();
		});
	}

}

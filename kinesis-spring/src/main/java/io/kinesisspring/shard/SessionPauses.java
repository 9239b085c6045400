package io.kinesisspring.shard;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

import io.kinesisspring.scheduling.EventLoop;

/**
 * The delayed tasks of a session. They run at once when the session ends, so that nothing
 * waits for a session that has ended. Confined to the container's loop, apart from
 * {@link #runAfter}.
 */
final class SessionPauses {

	private final EventLoop loop;

	private final Set<Pause> pauses = new LinkedHashSet<>();

	private boolean closed;

	SessionPauses(EventLoop loop) {
		this.loop = loop;
	}

	/**
	 * Run a task after a delay. Safe to call from any thread.
	 */
	void runAfter(Duration delay, Runnable task) {
		this.loop.execute(() -> begin(delay, new Pause(task)));
	}

	private void begin(Duration delay, Pause pause) {
		if (this.closed) {
			pause.end();
			return;
		}
		this.pauses.add(pause);
		this.loop.schedule(delay, () -> {
			this.pauses.remove(pause);
			pause.end();
		});
	}

	/**
	 * End all delays now, and later ones at once.
	 */
	void close() {
		this.closed = true;
		List<Pause> open = List.copyOf(this.pauses);
		this.pauses.clear();
		open.forEach(Pause::end);
	}

	private static final class Pause {

		private final AtomicBoolean ended = new AtomicBoolean();

		private final Runnable task;

		private Pause(Runnable task) {
			this.task = task;
		}

		private void end() {
			if (this.ended.compareAndSet(false, true)) {
				this.task.run();
			}
		}

	}

}

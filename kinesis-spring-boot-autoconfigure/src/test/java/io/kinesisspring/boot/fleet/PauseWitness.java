package io.kinesisspring.boot.fleet;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Notices when this process has not been running for a while, be it stopped or starved by
 * a busy machine: something to explain duplicates with that knows nothing of leases.
 */
final class PauseWitness implements AutoCloseable {

	static final long WORTH_MENTIONING = 800;

	private static final long TICK = 100;

	private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor((task) -> {
		Thread thread = new Thread(task, "pause-witness");
		thread.setDaemon(true);
		return thread;
	});

	private final Testimony testimony;

	private long last = System.currentTimeMillis();

	PauseWitness(Testimony testimony) {
		this.testimony = testimony;
		this.ticker.scheduleWithFixedDelay(this::tick, TICK, TICK, TimeUnit.MILLISECONDS);
	}

	private void tick() {
		long now = System.currentTimeMillis();
		if (now - this.last >= WORTH_MENTIONING) {
			this.testimony.paused(this.last, now);
		}
		this.last = now;
	}

	@Override
	public void close() {
		this.ticker.shutdownNow();
	}

	@FunctionalInterface
	interface Testimony {

		void paused(long from, long until);

	}

}

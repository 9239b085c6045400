package io.kinesisspring.lease;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import io.kinesisspring.scheduling.EventLoop;

/**
 * Rings the bells of crews, each not too often. A bell that is not heard costs time only:
 * everybody sweeps once in a while. Confined to the coordinator's loop.
 */
final class WakeUps {

	private final LeaseStore store;

	private final EventLoop loop;

	private final CoordinationFailureLog coordinationFailureLog;

	private final Duration pause;

	private final Map<Integer, Long> lastRings = new HashMap<>();

	WakeUps(LeaseStore store, EventLoop loop, CoordinationFailureLog coordinationFailureLog, Duration pause) {
		this.store = store;
		this.loop = loop;
		this.coordinationFailureLog = coordinationFailureLog;
		this.pause = pause;
	}

	void ring(int crew) {
		long now = this.loop.nanoTime();
		Long last = this.lastRings.get(crew);
		if (last == null || now - last >= this.pause.toNanos()) {
			this.lastRings.put(crew, now);
			this.loop.on(GuardedCalls.safely(() -> this.store.ring(crew)),
					(rung, ex) -> this.coordinationFailureLog.report("bell", ex));
		}
	}

}

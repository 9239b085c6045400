package io.kinesisspring.lease;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import io.kinesisspring.scheduling.EventLoop;

/**
 * Rings the bells of groups, each not too often. A bell that is not heard costs time
 * only: everybody reconciliations once in a while. Confined to the coordinator's loop.
 */
final class WakeUpSender {

	private final LeaseStore store;

	private final EventLoop loop;

	private final CoordinationFailureLog coordinationFailureLog;

	private final Duration pause;

	private final Map<Integer, Long> lastWakeUps = new HashMap<>();

	WakeUpSender(LeaseStore store, EventLoop loop, CoordinationFailureLog coordinationFailureLog, Duration pause) {
		this.store = store;
		this.loop = loop;
		this.coordinationFailureLog = coordinationFailureLog;
		this.pause = pause;
	}

	void wakeUp(int group) {
		long now = this.loop.nanoTime();
		Long last = this.lastWakeUps.get(group);
		if (last == null || now - last >= this.pause.toNanos()) {
			this.lastWakeUps.put(group, now);
			this.loop.on(GuardedCalls.safely(() -> this.store.wakeUp(group)),
					(sent, ex) -> this.coordinationFailureLog.report("wake-up", ex));
		}
	}

}

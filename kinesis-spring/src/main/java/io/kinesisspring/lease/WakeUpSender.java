package io.kinesisspring.lease;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import io.kinesisspring.scheduling.Futures;

/**
 * Wakes up worker groups, and limits how often. A lost wake-up costs only time, because
 * every worker reconciles regularly. Confined to the coordinator's loop.
 */
final class WakeUpSender {

	private final WorkerContext context;

	private final Duration pause;

	private final Map<Integer, Long> lastWakeUps = new HashMap<>();

	WakeUpSender(WorkerContext context) {
		this.context = context;
		this.pause = context.options().heartbeatInterval().multipliedBy(2);
	}

	void wakeUp(int group) {
		long now = this.context.now();
		Long last = this.lastWakeUps.get(group);
		if (last == null || now - last >= this.pause.toNanos()) {
			this.lastWakeUps.put(group, now);
			Futures.whenDone(this.context.loop(), this.context.groups().wakeUp(group),
					(sent, ex) -> this.context.failures().report("wake-up", ex));
		}
	}

}

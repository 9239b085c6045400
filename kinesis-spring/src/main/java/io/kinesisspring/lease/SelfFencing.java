package io.kinesisspring.lease;

import java.time.Duration;

import io.kinesisspring.scheduling.EventLoop;

/**
 * Decides when this worker must stop using its leases because it is cut off from the
 * store. The other workers judge it dead once its heartbeat counter has not changed for
 * the timeout. They start to count after the heartbeat was sent. This worker counts from
 * the moment of sending, so that it always stops first. Confined to the coordinator's
 * loop, apart from {@link #isCutOff()}.
 */
final class SelfFencing {

	private final EventLoop loop;

	private final long timeout;

	private volatile long lastHeartbeat;

	private long connectedSince;

	SelfFencing(EventLoop loop, Duration timeout) {
		this.loop = loop;
		this.timeout = timeout.toNanos();
		this.lastHeartbeat = loop.nanoTime() - this.timeout;
	}

	/**
	 * Record a successful heartbeat.
	 * @param sent when it was sent
	 */
	void heartbeatStored(long sent) {
		if (isCutOff()) {
			this.connectedSince = this.loop.nanoTime();
		}
		if (sent - this.lastHeartbeat > 0) {
			this.lastHeartbeat = sent;
		}
	}

	/**
	 * Cut this worker off until its next heartbeat.
	 */
	void cutOff() {
		this.lastHeartbeat = this.loop.nanoTime() - this.timeout;
	}

	/**
	 * Whether the last successful heartbeat was sent so long ago that the other workers
	 * may judge this one dead. Safe to call from any thread.
	 * @return {@code true} if nothing may be delivered
	 */
	boolean isCutOff() {
		return this.loop.nanoTime() - this.lastHeartbeat >= this.timeout;
	}

	/**
	 * Whether no other worker can have judged this one dead since a moment.
	 */
	boolean hasBeenConnectedSince(long moment) {
		return !isCutOff() && moment - this.connectedSince >= 0;
	}

}

package io.kinesisspring.metrics;

/**
 * A shard's subscription, if it has one: when it last brought something. Told on the
 * container's loop, read by any thread.
 */
final class Subscription {

	private volatile boolean open;

	private volatile long lastEvent;

	/**
	 * It has been opened, or has brought an event.
	 * @param now by the registry's monotonic clock
	 */
	void cameUp(long now) {
		this.lastEvent = now;
		this.open = true;
	}

	void ended() {
		this.open = false;
	}

	boolean isOpen() {
		return this.open;
	}

	/**
	 * For how long it has brought nothing.
	 * @return the time in milliseconds, not a number if it is not open
	 */
	double silence(Meters meters) {
		return this.open ? meters.millisSince(this.lastEvent) : Double.NaN;
	}

}

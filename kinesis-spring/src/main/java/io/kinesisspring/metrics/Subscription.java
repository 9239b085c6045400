package io.kinesisspring.metrics;

/**
 * Tracks when a shard's subscription last delivered an event. Updated on the container's
 * loop, read by any thread.
 */
final class Subscription {

	private volatile boolean open;

	private volatile long lastEvent;

	/**
	 * The subscription was opened or has delivered an event.
	 * @param now the time of the registry's monotonic clock
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
	 * How long it has been silent.
	 * @return the time in milliseconds, not a number if it is not open
	 */
	double silence(Meters meters) {
		return this.open ? meters.millisSince(this.lastEvent) : Double.NaN;
	}

}

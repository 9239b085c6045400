package io.kinesisspring.producer;

/**
 * The requests of a stream that are in flight, and how many there may be. Grows by one
 * with each response in which all records are stored. Not thread-safe.
 */
final class RequestWindow {

	/**
	 * How long records gather at most while requests are under way, so that one that
	 * hangs holds nothing up. Longer than most requests take.
	 */
	private static final long GATHER_NANOS = 25_000_000;

	/** Requests in flight of a stream that has not answered yet. */
	private static final int INITIAL_IN_FLIGHT = 4;

	private final int limit;

	private int inFlight;

	private int maxInFlight = INITIAL_IN_FLIGHT;

	private long lastSent;

	RequestWindow(int limit) {
		this.limit = limit;
	}

	/**
	 * Return whether no other request may be sent.
	 * @param probing whether one request may be in flight only
	 */
	boolean isFull(boolean probing) {
		return this.inFlight >= (probing ? 1 : this.maxInFlight);
	}

	boolean isEmpty() {
		return this.inFlight == 0;
	}

	void onSent(long now) {
		this.inFlight++;
		this.lastSent = now;
	}

	void onFinished() {
		this.inFlight--;
	}

	void grow() {
		this.maxInFlight = Math.min(this.limit, this.maxInFlight + 1);
	}

	/**
	 * Return until when records gather.
	 * @return a moment of the engine's clock, or 0 if no request is in flight
	 */
	long gatherEnd() {
		return (this.inFlight > 0) ? this.lastSent + GATHER_NANOS : 0;
	}

}

package io.kinesisspring.producer;

import org.springframework.util.unit.DataSize;

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

	/**
	 * The data in flight above which no more than the first requests are sent: more waits
	 * on the way, and no earlier answer comes of it.
	 */
	private static final long MAX_BYTES = DataSize.ofMegabytes(8).toBytes();

	private final int limit;

	private int inFlight;

	private int maxInFlight = INITIAL_IN_FLIGHT;

	private long lastSent;

	private int records;

	private long bytes;

	RequestWindow(int limit) {
		this.limit = limit;
	}

	/**
	 * Return whether no other request may be sent.
	 * @param probing whether one request may be in flight only
	 */
	boolean isFull(boolean probing) {
		return this.inFlight >= (probing ? 1 : this.maxInFlight)
				|| (this.inFlight >= INITIAL_IN_FLIGHT && this.bytes >= MAX_BYTES);
	}

	boolean isEmpty() {
		return this.inFlight == 0;
	}

	void onSent(long now) {
		this.inFlight++;
		this.lastSent = now;
	}

	/**
	 * Count the records of a request.
	 * @param batch the request
	 */
	void onFilled(Batch batch) {
		this.records += batch.userRecords();
		this.bytes += batch.bytes();
	}

	void onFinished(Batch batch) {
		this.inFlight--;
		this.records -= batch.userRecords();
		this.bytes -= batch.bytes();
	}

	/**
	 * Return the records in flight, including those in aggregates.
	 */
	int records() {
		return this.records;
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

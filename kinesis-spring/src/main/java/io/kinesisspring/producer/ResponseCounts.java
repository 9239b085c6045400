package io.kinesisspring.producer;

import java.time.Duration;

import io.kinesisspring.producer.SendFailedException.Reason;

/**
 * Counts the results of one response, so that the observer is notified once. Not
 * thread-safe.
 */
final class ResponseCounts {

	private int stored;

	private int entries;

	private long bytes;

	private long oldest = Long.MAX_VALUE;

	private int throttled;

	private int retried;

	/**
	 * Count a stored record, with all records of its aggregate.
	 * @param record the record; the first one of an aggregate is the oldest
	 */
	void addStored(OutgoingRecord record) {
		Aggregate aggregate = record.aggregate();
		this.stored += (aggregate != null) ? aggregate.records().size() : 1;
		this.entries++;
		this.bytes += record.bytesOnTheWire();
		this.oldest = Math.min(this.oldest, record.acceptedAt());
	}

	/**
	 * Count a record that is sent again.
	 */
	void addRetry(Reason reason) {
		if (reason == Reason.THROTTLED) {
			this.throttled++;
		}
		else {
			this.retried++;
		}
	}

	void publishTo(SendObserver observer, String stream, long now) {
		if (this.stored > 0) {
			observer.stored(stream, this.stored, this.entries, this.bytes, Duration.ofNanos(now - this.oldest));
		}
		if (this.throttled > 0) {
			observer.retried(stream, Reason.THROTTLED, this.throttled);
		}
		if (this.retried > 0) {
			observer.retried(stream, Reason.INTERNAL, this.retried);
		}
	}

}

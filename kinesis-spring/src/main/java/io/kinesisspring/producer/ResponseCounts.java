package io.kinesisspring.producer;

import java.time.Duration;

import io.kinesisspring.producer.SendFailedException.Reason;

/**
 * Counts what an answer means for its records, so that observers are told once an answer.
 * Not thread-safe.
 */
final class ResponseCounts {

	private int stored;

	private long bytes;

	private long oldest = Long.MAX_VALUE;

	private int throttled;

	private int failed;

	/**
	 * A record has been stored, and those that went with it.
	 * @param record the record; an aggregate's first one is its oldest
	 */
	void stored(OutgoingRecord record) {
		Aggregate aggregate = record.aggregate;
		this.stored += (aggregate != null) ? aggregate.records().size() : 1;
		this.bytes += record.bytesOnTheWire();
		this.oldest = Math.min(this.oldest, record.acceptedAt);
	}

	/**
	 * A record is to be sent once more.
	 */
	void again(Reason reason) {
		if (reason == Reason.THROTTLED) {
			this.throttled++;
		}
		else {
			this.failed++;
		}
	}

	void tell(SendObserver observer, String stream, long now) {
		if (this.stored > 0) {
			observer.stored(stream, this.stored, this.bytes, Duration.ofNanos(now - this.oldest));
		}
		if (this.throttled > 0) {
			observer.retried(stream, Reason.THROTTLED, this.throttled);
		}
		if (this.failed > 0) {
			observer.retried(stream, Reason.INTERNAL, this.failed);
		}
	}

}

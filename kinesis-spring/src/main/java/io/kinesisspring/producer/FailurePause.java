package io.kinesisspring.producer;

import io.kinesisspring.scheduling.FullJitter;

/**
 * Pauses a stream after requests failed as a whole. After the pause, one request is sent
 * at a time until one succeeds. Not thread-safe.
 */
final class FailurePause {

	/** Fewer failures in a row are routine and not logged. */
	private static final int FAILURES_TO_LOG = 3;

	/** Requests in a row that failed as a whole. */
	private int consecutiveFailures;

	private long failedAt = -1;

	private long until;

	private boolean failing;

	/**
	 * Pause after a request failed as a whole. Requests that were in flight together
	 * count once.
	 * @param batch the request
	 * @param now the time of the engine's clock
	 * @param backoff the pause
	 * @return whether so many requests have failed in a row that it should be logged
	 */
	boolean pauseAfter(Batch batch, long now, FullJitter backoff) {
		if (this.consecutiveFailures > 0 && batch.sentAt() < this.failedAt) {
			return false;
		}
		this.consecutiveFailures++;
		this.failedAt = now;
		this.until = now + backoff.pauseNanos(this.consecutiveFailures);
		return this.consecutiveFailures == FAILURES_TO_LOG;
	}

	/**
	 * Remember that a request failed in a way that others will, too.
	 * @return whether it is the first such failure since a request succeeded
	 */
	boolean markFailing() {
		boolean first = !this.failing;
		this.failing = true;
		return first;
	}

	/**
	 * End a pause after a request succeeded.
	 * @return whether failures had been logged
	 */
	boolean markSucceeded() {
		boolean failed = this.consecutiveFailures >= FAILURES_TO_LOG || this.failing;
		this.consecutiveFailures = 0;
		this.until = 0;
		this.failing = false;
		return failed;
	}

	/**
	 * Return whether only one request may be in flight.
	 * @return whether no request has succeeded since one failed
	 */
	boolean isProbing() {
		return this.consecutiveFailures > 0;
	}

	/**
	 * Return the end of the pause.
	 * @return a moment of the engine's clock, or 0 without a pause
	 */
	long until() {
		return this.until;
	}

}

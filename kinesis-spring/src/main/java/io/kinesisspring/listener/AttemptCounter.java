package io.kinesisspring.listener;

/**
 * Counts the failed attempts of the records that are delivered next. A failure counts for
 * a record if the record was alone or was named. Otherwise it counts for the batch, so
 * that the failures of one record do not exhaust the attempts of another. Failures during
 * a search for the failing record count for neither. Failures that say nothing about the
 * record are counted apart, so that they exhaust no attempts. Used by one thread at a
 * time.
 */
final class AttemptCounter {

	private int batch;

	private int record;

	private int unavailable;

	/**
	 * A delivery has failed.
	 * @param located whether the first record is known to have failed
	 * @param searching whether the delivery was part of a search
	 * @return the number of attempts so far: those of the record if it is known,
	 * otherwise those of the batch
	 */
	int recordFailure(boolean located, boolean searching) {
		this.unavailable = 0;
		this.batch += searching ? 0 : 1;
		this.record += located ? 1 : 0;
		return located ? this.record : this.batch;
	}

	/**
	 * A delivery has failed for a reason that says nothing about its records.
	 * @return the number of such failures in a row
	 */
	int recordUnavailability() {
		return ++this.unavailable;
	}

	/**
	 * The first record is another one now.
	 * @param searching whether that record belongs to the searched records
	 */
	void nextRecord(boolean searching) {
		this.record = 0;
		this.unavailable = 0;
		if (!searching) {
			this.batch = 0;
		}
	}

	/**
	 * Whether the first record is known to have failed.
	 */
	boolean hasRecordFailures() {
		return this.record > 0;
	}

	/**
	 * The number of the next attempt.
	 */
	int nextAttempt() {
		return Math.max(this.batch, this.record) + 1;
	}

}

package io.kinesisspring.listener;

/**
 * How often what comes next has been tried in vain. A record has failures of its own:
 * those at which it stood alone or was named. Those of a batch in which nobody knows
 * which record failed belong to the batch, so that a record is not given up on for
 * failures of another one. A search for the failing record counts for neither. Used by
 * one thread at a time.
 */
final class AttemptCounter {

	private int batch;

	private int record;

	/**
	 * A delivery has failed.
	 * @param located whether it is known that the first record failed
	 * @param searching whether the delivery was one of a search
	 * @return how often it has been tried by now: the record if it is known, otherwise
	 * the batch
	 */
	int recordFailure(boolean located, boolean searching) {
		this.batch += searching ? 0 : 1;
		this.record += located ? 1 : 0;
		return located ? this.record : this.batch;
	}

	/**
	 * What comes first is another record now.
	 * @param searching whether that record belongs to what is searched
	 */
	void nextRecord(boolean searching) {
		this.record = 0;
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
	 * The number of the try that is made next.
	 */
	int nextAttempt() {
		return Math.max(this.batch, this.record) + 1;
	}

}

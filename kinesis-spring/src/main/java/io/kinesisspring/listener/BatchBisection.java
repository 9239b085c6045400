package io.kinesisspring.listener;

import java.util.BitSet;

/**
 * Which of a list of records is delivered next: one at a time, or all that are left, or,
 * while a failing one is searched for, by halves. Used by one thread at a time.
 */
final class BatchBisection {

	private final int size;

	private final boolean wholeBatch;

	private int start;

	private int end;

	/** The failing record is before it while a search goes on; 0 when none does. */
	private int searchEnd;

	BatchBisection(int size, boolean wholeBatch) {
		this.size = size;
		this.wholeBatch = wholeBatch;
		reset();
	}

	int start() {
		return this.start;
	}

	int end() {
		return this.end;
	}

	boolean isEmpty() {
		return this.start == this.size;
	}

	boolean isSearching() {
		return this.searchEnd > 0;
	}

	/**
	 * Go on behind some of the range's records. If a search came to the end of what was
	 * suspected it is over: nothing failed this time.
	 */
	void advance(int count) {
		this.start += count;
		if (this.start < this.end) {
			return;
		}
		if (this.start < this.searchEnd) {
			this.end = this.searchEnd;
		}
		else {
			reset();
		}
	}

	/**
	 * The failing record is known to be the first, and done with.
	 */
	void skipFirst() {
		this.start++;
		reset();
	}

	/**
	 * One of the range's records has failed, it is not known which: look in the first
	 * half. Where only one is left it is delivered alone.
	 */
	void halve() {
		this.searchEnd = this.end;
		this.end = this.start + Math.max(1, (this.end - this.start) / 2);
	}

	/**
	 * What remains when some of the records, none of them before the range, need not be
	 * delivered any more.
	 * @param removed the indices of those
	 * @return the range of the list that begins with this range's start and lacks them
	 */
	BatchBisection without(BitSet removed) {
		BatchBisection remaining = new BatchBisection(remaining(removed, this.size), this.wholeBatch);
		remaining.end = remaining(removed, this.end);
		remaining.searchEnd = remaining(removed, this.searchEnd);
		if (remaining.end == 0) {
			remaining.advance(0);
		}
		return remaining;
	}

	/**
	 * How many records from the start of the range to an index remain.
	 */
	int remaining(BitSet removed, int to) {
		return (to > this.start) ? to - this.start - removed.get(this.start, to).cardinality() : 0;
	}

	private void reset() {
		this.searchEnd = 0;
		this.end = this.wholeBatch ? this.size : Math.min(this.size, this.start + 1);
	}

}

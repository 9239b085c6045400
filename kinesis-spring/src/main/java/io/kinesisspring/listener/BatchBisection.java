package io.kinesisspring.listener;

import java.util.BitSet;

/**
 * Decides which records of a list are delivered next: one at a time, or all remaining
 * ones, or, while it searches for a failing record, halves of the batch. Used by one
 * thread at a time.
 */
final class BatchBisection {

	private final int size;

	private final boolean wholeBatch;

	private int start;

	private int end;

	/**
	 * During a search the failing record is before this index. 0 if there is no search.
	 */
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
	 * Continue after some of the range's records. If a search reaches the end of the
	 * suspected records, it ends: nothing failed this time.
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
	 * The failing record is known to be the first one, and has been handled.
	 */
	void skipFirst() {
		this.start++;
		reset();
	}

	/**
	 * One of the range's records has failed, and it is unknown which: deliver the first
	 * half. If only one record is left, deliver it alone.
	 */
	void halve() {
		this.searchEnd = this.end;
		this.end = this.start + Math.max(1, (this.end - this.start) / 2);
	}

	/**
	 * Remove records that need not be delivered any more, none of them before the range.
	 * @param removed their indices
	 * @return the range without them, with the same start
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

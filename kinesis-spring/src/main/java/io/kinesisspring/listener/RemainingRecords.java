package io.kinesisspring.listener;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Predicate;

import io.kinesisspring.KinesisRecord;

/**
 * What is left of the records of a delivery, and which of them come next. Used by one
 * thread at a time.
 */
final class RemainingRecords {

	private List<KinesisRecord<byte[]>> records;

	private BatchBisection range;

	/** The listener has seen the records before this index. */
	private int seen;

	RemainingRecords(List<KinesisRecord<byte[]>> records, boolean batch) {
		this.records = records;
		this.range = new BatchBisection(records.size(), batch);
	}

	boolean isEmpty() {
		return this.range.isEmpty();
	}

	boolean isSearching() {
		return this.range.isSearching();
	}

	KinesisRecord<byte[]> first() {
		return this.records.get(this.range.start());
	}

	/**
	 * Whether the record that comes next has been delivered before.
	 */
	boolean comesAgain() {
		return this.range.start() < this.seen;
	}

	/**
	 * The records to deliver next.
	 */
	List<KinesisRecord<byte[]>> next() {
		this.seen = Math.max(this.seen, this.range.end());
		return this.records.subList(this.range.start(), this.range.end());
	}

	/**
	 * How many come next.
	 */
	int count() {
		return this.range.end() - this.range.start();
	}

	void advance(int count) {
		this.range.advance(count);
	}

	void passFirst() {
		this.range.passFirst();
	}

	void halve() {
		this.range.halve();
	}

	/**
	 * Leave out records that have been delivered and need not be delivered again.
	 * @param done tells which
	 * @return how many of those that came next are left; others come next if none is
	 */
	int leaveOut(Predicate<KinesisRecord<byte[]>> done) {
		int start = this.range.start();
		BitSet gone = new BitSet();
		for (int i = start; i < this.seen; i++) {
			gone.set(i, done.test(this.records.get(i)));
		}
		int left = this.range.remaining(gone, this.range.end());
		if (gone.isEmpty()) {
			return left;
		}
		List<KinesisRecord<byte[]>> remaining = new ArrayList<>(this.records.size() - start);
		for (int i = start; i < this.records.size(); i++) {
			if (!gone.get(i)) {
				remaining.add(this.records.get(i));
			}
		}
		this.seen = this.range.remaining(gone, this.seen);
		this.range = this.range.without(gone);
		this.records = remaining;
		return left;
	}

}

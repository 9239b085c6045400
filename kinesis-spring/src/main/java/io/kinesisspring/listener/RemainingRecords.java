package io.kinesisspring.listener;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;

/**
 * The remaining records of a delivery, and which of them are delivered next. Used by one
 * thread at a time.
 */
final class RemainingRecords {

	private List<KinesisRecord<byte[]>> records;

	private final boolean batch;

	/**
	 * The next records. A list may decode a record each time that it is read, but all
	 * attempts get the same objects.
	 */
	private @Nullable List<KinesisRecord<byte[]>> decoded;

	private int decodedFrom;

	private BatchBisection batchBisection;

	/** The listener has seen the records before this index. */
	private int seen;

	RemainingRecords(List<KinesisRecord<byte[]>> records, boolean batch) {
		this.records = records;
		this.batch = batch;
		this.batchBisection = new BatchBisection(records.size(), batch);
	}

	boolean isEmpty() {
		return this.batchBisection.isEmpty();
	}

	boolean isSearching() {
		return this.batchBisection.isSearching();
	}

	KinesisRecord<byte[]> first() {
		return part().get(0);
	}

	/**
	 * Whether the next record has been delivered before.
	 */
	boolean isRedelivery() {
		return this.batchBisection.start() < this.seen;
	}

	/**
	 * The records to deliver next.
	 */
	List<KinesisRecord<byte[]>> next() {
		this.seen = Math.max(this.seen, this.batchBisection.end());
		return part();
	}

	private List<KinesisRecord<byte[]>> part() {
		int start = this.batchBisection.start();
		List<KinesisRecord<byte[]>> known = this.decoded;
		if (this.batch) {
			known = (known != null) ? known : List.copyOf(this.records);
			this.decoded = known;
			return known.subList(start, this.batchBisection.end());
		}
		if (known == null || this.decodedFrom != start) {
			known = List.of(this.records.get(start));
			this.decoded = known;
			this.decodedFrom = start;
		}
		return known;
	}

	/**
	 * How many records are delivered next.
	 */
	int count() {
		return this.batchBisection.end() - this.batchBisection.start();
	}

	void advance(int count) {
		this.batchBisection.advance(count);
	}

	void skipFirst() {
		this.batchBisection.skipFirst();
	}

	void halve() {
		this.batchBisection.halve();
	}

	/**
	 * Remove records that have been delivered and need not be delivered again.
	 * @param done tests whether a record need not be delivered again
	 * @return how many of the next records are left; if none is left, others are next
	 */
	int removeDelivered(Predicate<KinesisRecord<byte[]>> done) {
		int start = this.batchBisection.start();
		BitSet removed = new BitSet();
		for (int i = start; i < this.seen; i++) {
			removed.set(i, done.test(this.records.get(i)));
		}
		int left = this.batchBisection.remaining(removed, this.batchBisection.end());
		if (removed.isEmpty()) {
			return left;
		}
		List<KinesisRecord<byte[]>> remaining = new ArrayList<>(this.records.size() - start);
		for (int i = start; i < this.records.size(); i++) {
			if (!removed.get(i)) {
				remaining.add(this.records.get(i));
			}
		}
		this.seen = this.batchBisection.remaining(removed, this.seen);
		this.batchBisection = this.batchBisection.without(removed);
		this.records = remaining;
		this.decoded = null;
		return left;
	}

}

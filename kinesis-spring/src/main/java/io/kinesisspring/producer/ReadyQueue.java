package io.kinesisspring.producer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;

import org.jspecify.annotations.Nullable;

/**
 * The records of a stream that may be sent: first those that were tried before, then the
 * oldest. Not thread-safe.
 */
final class ReadyQueue {

	static final Comparator<OutgoingRecord> TRIED_THEN_OLDEST = ReadyQueue::compare;

	/** Records that never waited, in the order of their numbers. */
	private final Queue<OutgoingRecord> untried = new ArrayDeque<>();

	/** Records that waited behind others of their keys, in the order of their numbers. */
	private final Deque<OutgoingRecord> promoted = new ArrayDeque<>();

	/** Records that were tried before or that arrive out of order. */
	private final Queue<OutgoingRecord> sorted = new PriorityQueue<>(TRIED_THEN_OLDEST);

	private int size;

	private long bytes;

	void addNew(OutgoingRecord record) {
		this.untried.add(markReady(record));
	}

	/**
	 * Add a record that had to wait: for a retry, behind another of its key, or for its
	 * shard's rate.
	 * @param record the record
	 */
	void addDelayed(OutgoingRecord record) {
		OutgoingRecord last = this.promoted.peekLast();
		boolean follows = record.attempts() == 0 && (last == null || last.number() < record.number());
		(follows ? this.promoted : this.sorted).add(markReady(record));
	}

	/**
	 * Stop counting a record that is about to be removed from the engine or from this
	 * queue.
	 * @param record a record of this queue
	 */
	void discount(OutgoingRecord record) {
		this.size--;
		this.bytes -= record.bytes();
	}

	/**
	 * Remove all records.
	 * @return the records in the order of sending
	 */
	List<OutgoingRecord> drain() {
		List<OutgoingRecord> all = new ArrayList<>(this.size);
		OutgoingRecord next = peek();
		while (next != null) {
			remove(next);
			all.add(next);
			next = peek();
		}
		return all;
	}

	@Nullable OutgoingRecord peek() {
		return first(skipRemoved(this.sorted), first(skipRemoved(this.untried), skipRemoved(this.promoted)));
	}

	/**
	 * Remove the record that {@link #peek()} returned.
	 * @param record that record
	 */
	void remove(OutgoingRecord record) {
		if (this.untried.peek() == record) {
			this.untried.remove();
		}
		else if (this.promoted.peek() == record) {
			this.promoted.remove();
		}
		else {
			this.sorted.remove();
		}
		discount(record);
	}

	int size() {
		return this.size;
	}

	long bytes() {
		return this.bytes;
	}

	private OutgoingRecord markReady(OutgoingRecord record) {
		record.moveTo(RecordPlace.READY);
		record.setReadyQueue(this);
		this.size++;
		this.bytes += record.bytes();
		return record;
	}

	private static @Nullable OutgoingRecord first(@Nullable OutgoingRecord one, @Nullable OutgoingRecord other) {
		if (one == null || other == null) {
			return (one != null) ? one : other;
		}
		return (compare(one, other) < 0) ? one : other;
	}

	private static int compare(OutgoingRecord one, OutgoingRecord other) {
		boolean tried = one.attempts() > 0;
		return (tried != other.attempts() > 0) ? (tried ? -1 : 1) : Long.compare(one.number(), other.number());
	}

	private static @Nullable OutgoingRecord skipRemoved(Queue<OutgoingRecord> queue) {
		OutgoingRecord first = queue.peek();
		while (first != null && first.isRemoved()) {
			queue.remove();
			first = queue.peek();
		}
		return first;
	}

}

package io.kinesisspring.producer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.producer.OutgoingRecord.Place;

/**
 * The records of a stream that may be sent: those that were tried before come first, then
 * the oldest. Not thread-safe.
 */
final class ReadyQueue {

	static final Comparator<OutgoingRecord> TRIED_THEN_OLDEST = ReadyQueue::compare;

	/** In the order of their numbers, as all the others of these queues. */
	private final Queue<OutgoingRecord> fresh = new ArrayDeque<>();

	/** Those that waited behind others of their keys and have come forward in order. */
	private final Deque<OutgoingRecord> forward = new ArrayDeque<>();

	/** Those that were tried before, or have come forward out of order. */
	private final Queue<OutgoingRecord> sorted = new PriorityQueue<>(TRIED_THEN_OLDEST);

	private int size;

	private long bytes;

	void addFresh(OutgoingRecord record) {
		this.fresh.add(ready(record));
	}

	/**
	 * Add a record that had to wait: for its next attempt, behind another of its key, or
	 * for its shard.
	 * @param record the record
	 */
	void addHeld(OutgoingRecord record) {
		OutgoingRecord last = this.forward.peekLast();
		boolean follows = record.attempts == 0 && (last == null || last.number < record.number);
		(follows ? this.forward : this.sorted).add(ready(record));
	}

	/**
	 * Forget a record that is out of the engine, wherever in the queue it is.
	 * @param record a record of this queue
	 */
	void forget(OutgoingRecord record) {
		this.size--;
		this.bytes -= record.bytes();
	}

	/**
	 * Take out all.
	 * @return the records in the order in which they would go
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
		return first(skipGone(this.sorted), first(skipGone(this.fresh), skipGone(this.forward)));
	}

	/**
	 * Take out what {@link #peek()} has shown.
	 * @param record that record
	 */
	void remove(OutgoingRecord record) {
		if (this.fresh.peek() == record) {
			this.fresh.remove();
		}
		else if (this.forward.peek() == record) {
			this.forward.remove();
		}
		else {
			this.sorted.remove();
		}
		forget(record);
	}

	int size() {
		return this.size;
	}

	long bytes() {
		return this.bytes;
	}

	private OutgoingRecord ready(OutgoingRecord record) {
		record.place = Place.READY;
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
		boolean tried = one.attempts > 0;
		return (tried != other.attempts > 0) ? (tried ? -1 : 1) : Long.compare(one.number, other.number);
	}

	private static @Nullable OutgoingRecord skipGone(Queue<OutgoingRecord> queue) {
		OutgoingRecord first = queue.peek();
		while (first != null && first.place == Place.GONE) {
			queue.remove();
			first = queue.peek();
		}
		return first;
	}

}

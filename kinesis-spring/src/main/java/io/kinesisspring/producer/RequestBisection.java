package io.kinesisspring.producer;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Finds invalid records. If the service or the client rejects a request as invalid, each
 * half of its records is sent in a request of its own, and so on. The valid records of a
 * request wait only for a few requests. Not thread-safe.
 */
final class RequestBisection {

	private final Deque<List<OutgoingRecord>> groups = new ArrayDeque<>();

	/**
	 * Search two or more records by halves.
	 * @param records the records of an invalid request
	 */
	void split(List<OutgoingRecord> records) {
		int half = (records.size() + 1) / 2;
		add(records.subList(0, half));
		add(records.subList(half, records.size()));
	}

	/**
	 * Send records in a request of their own.
	 * @param records the records
	 */
	void add(List<OutgoingRecord> records) {
		if (!records.isEmpty()) {
			records.forEach((record) -> record.moveTo(RecordPlace.DELAYED));
			this.groups.add(records);
		}
	}

	boolean isEmpty() {
		List<OutgoingRecord> first = this.groups.peek();
		while (first != null && first.stream().allMatch((record) -> record.isRemoved())) {
			this.groups.remove();
			first = this.groups.peek();
		}
		return first == null;
	}

	/**
	 * Return the records of the next request.
	 * @return those that are still in the engine
	 */
	List<OutgoingRecord> take() {
		return this.groups.remove().stream().filter((record) -> !record.isRemoved()).toList();
	}

}

package io.kinesisspring.producer;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import io.kinesisspring.producer.OutgoingRecord.Place;

/**
 * Records of requests that the service or the client called invalid: one record at least
 * is to blame in each group. A group goes in a request of its own and is split if that
 * fails in the same way, so that the others of a request are held up for a few requests
 * only. Not thread-safe.
 */
final class RequestBisection {

	private final Deque<List<OutgoingRecord>> groups = new ArrayDeque<>();

	/**
	 * Search among records, of which there are two at least, by halves.
	 * @param records the records of a request that was not valid
	 */
	void split(List<OutgoingRecord> records) {
		int half = (records.size() + 1) / 2;
		add(records.subList(0, half));
		add(records.subList(half, records.size()));
	}

	/**
	 * Let records go together, and with no others.
	 * @param records the records
	 */
	void add(List<OutgoingRecord> records) {
		if (!records.isEmpty()) {
			records.forEach((record) -> record.place = Place.BACKOFF);
			this.groups.add(records);
		}
	}

	boolean isEmpty() {
		List<OutgoingRecord> first = this.groups.peek();
		while (first != null && first.stream().allMatch((record) -> record.place == Place.GONE)) {
			this.groups.remove();
			first = this.groups.peek();
		}
		return first == null;
	}

	/**
	 * Take the records of the next request.
	 * @return those that are still in the engine
	 */
	List<OutgoingRecord> take() {
		return this.groups.remove().stream().filter((record) -> record.place != Place.GONE).toList();
	}

}

package io.kinesisspring.producer;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.producer.OutgoingRecord.Place;

/**
 * Keeps the order of each key: of the records of one key only the first may go, the
 * others wait behind it until it has left for good. Not thread-safe.
 */
final class KeyLanes {

	/** Marks a key with nothing behind its first record, as most are. */
	private final Deque<OutgoingRecord> nothingBehind = new ArrayDeque<>(0);

	private final Map<String, Deque<OutgoingRecord>> lanes = new HashMap<>();

	/**
	 * Let a record in.
	 * @param record the record
	 * @return whether it is the first of its key and may go
	 */
	boolean enter(OutgoingRecord record) {
		String key = record.orderingKey();
		if (key == null) {
			return true;
		}
		Deque<OutgoingRecord> behind = this.lanes.putIfAbsent(key, this.nothingBehind);
		if (behind == null) {
			return true;
		}
		if (behind == this.nothingBehind) {
			behind = new ArrayDeque<>();
			this.lanes.put(key, behind);
		}
		record.place = Place.LANE;
		behind.add(record);
		return false;
	}

	/**
	 * Let the first record of a key out.
	 * @param record a record that was allowed to go
	 * @return the next one of its key, which may go now
	 */
	@Nullable OutgoingRecord leave(OutgoingRecord record) {
		String key = record.orderingKey();
		if (key == null) {
			return null;
		}
		Deque<OutgoingRecord> behind = behind(record);
		OutgoingRecord next = peek(behind);
		if (next == null) {
			this.lanes.remove(key);
			return null;
		}
		behind.remove();
		return next;
	}

	/**
	 * Look who waits.
	 * @param first a record that was allowed to go
	 * @return the next one of its key, if there is one
	 */
	@Nullable OutgoingRecord peekBehind(OutgoingRecord first) {
		return peek(behind(first));
	}

	private static @Nullable OutgoingRecord peek(Deque<OutgoingRecord> behind) {
		OutgoingRecord next = behind.peek();
		while (next != null && next.place == Place.GONE) {
			behind.remove();
			next = behind.peek();
		}
		return next;
	}

	/**
	 * Take out what {@link #peekBehind} has shown.
	 * @param next that record
	 */
	void removeBehind(OutgoingRecord next) {
		behind(next).remove();
	}

	/**
	 * Put back what was taken out, before those that are there.
	 * @param records records of one key, in their order
	 */
	void putBack(List<OutgoingRecord> records) {
		for (int i = records.size() - 1; i >= 0; i--) {
			OutgoingRecord record = records.get(i);
			record.place = Place.LANE;
			behind(record).addFirst(record);
		}
	}

	private Deque<OutgoingRecord> behind(OutgoingRecord record) {
		String key = record.orderingKey();
		return (key != null) ? this.lanes.getOrDefault(key, this.nothingBehind) : this.nothingBehind;
	}

}

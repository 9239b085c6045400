package io.kinesisspring.producer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.producer.OutgoingRecord.Place;

/**
 * Keeps the order of each key: of the records of one key only the first may go, the
 * others wait behind it until it has left for good. They are linked with each other, so
 * that a key is looked up when a record comes, and again only when none is left. Not
 * thread-safe.
 */
final class KeyLanes {

	/** The last record of each key. */
	private final Map<String, OutgoingRecord> last = new HashMap<>();

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
		OutgoingRecord before = this.last.put(key, record);
		if (before == null) {
			return true;
		}
		record.place = Place.LANE;
		before.behind = record;
		return false;
	}

	/**
	 * Let the first record of a key out.
	 * @param first a record that was allowed to go
	 * @return the next one of its key, which may go now
	 */
	@Nullable OutgoingRecord leave(OutgoingRecord first) {
		String key = first.orderingKey();
		if (key == null) {
			return null;
		}
		OutgoingRecord next = peekBehind(first);
		if (next == null) {
			this.last.remove(key, first);
		}
		first.behind = null;
		return next;
	}

	/**
	 * Look who waits.
	 * @param first a record that was allowed to go
	 * @return the next one of its key, if there is one
	 */
	@Nullable OutgoingRecord peekBehind(OutgoingRecord first) {
		OutgoingRecord next = first.behind;
		while (next != null && next.place == Place.GONE) {
			next = removeBehind(first);
		}
		return next;
	}

	/**
	 * Take out the record behind the first of a key.
	 * @param first a record that was allowed to go, and has one behind it
	 * @return the one behind that
	 */
	@Nullable OutgoingRecord removeBehind(OutgoingRecord first) {
		OutgoingRecord removed = behind(first);
		OutgoingRecord next = removed.behind;
		removed.behind = null;
		link(first, next);
		return next;
	}

	/**
	 * Put back what was taken out, before those that are there.
	 * @param first the first record of the key
	 * @param records records of that key, in their order
	 */
	void putBack(OutgoingRecord first, List<OutgoingRecord> records) {
		OutgoingRecord next = first.behind;
		for (int i = records.size() - 1; i >= 0; i--) {
			OutgoingRecord record = records.get(i);
			record.place = Place.LANE;
			link(record, next);
			next = record;
		}
		first.behind = next;
	}

	/**
	 * How much waits.
	 * @param first a record that was allowed to go
	 * @param most no need to count further
	 * @return the bytes of that record and of those behind it
	 */
	int bytesFrom(OutgoingRecord first, int most) {
		int bytes = 0;
		OutgoingRecord next = first;
		while (next != null && bytes < most) {
			bytes += (next.place != Place.GONE) ? next.bytes() : 0;
			next = next.behind;
		}
		return bytes;
	}

	private void link(OutgoingRecord record, @Nullable OutgoingRecord next) {
		record.behind = next;
		String key = record.orderingKey();
		if (next == null && key != null) {
			this.last.put(key, record);
		}
	}

	private static OutgoingRecord behind(OutgoingRecord first) {
		OutgoingRecord next = first.behind;
		if (next == null) {
			throw new IllegalStateException("There is no record behind the first of its key");
		}
		return next;
	}

}

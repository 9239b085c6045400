package io.kinesisspring.producer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Keeps the order of each key. Only the first record of a key may be sent. The others
 * wait until it is removed. The records of a key are linked with each other, so the key
 * is looked up only for the last of them. Not thread-safe.
 */
final class KeyLanes {

	/** The last record of each key. */
	private final Map<String, OutgoingRecord> last = new HashMap<>();

	/**
	 * Add a record behind the others of its key.
	 * @param record the record
	 * @return whether it is the first of its key and may be sent
	 */
	boolean add(OutgoingRecord record) {
		String key = record.orderingKey();
		if (key == null) {
			return true;
		}
		OutgoingRecord before = this.last.put(key, record);
		if (before == null) {
			return true;
		}
		record.moveTo(RecordPlace.BEHIND_KEY);
		before.setNextOfKey(record);
		return false;
	}

	/**
	 * Remove the first record of a key.
	 * @param first the first record of a key
	 * @return the next record of the key, which may be sent now, if there is one
	 */
	@Nullable OutgoingRecord removeFirst(OutgoingRecord first) {
		String key = first.orderingKey();
		if (key == null) {
			return null;
		}
		OutgoingRecord next = peekBehind(first);
		if (next == null) {
			this.last.remove(key, first);
		}
		first.setNextOfKey(null);
		return next;
	}

	/**
	 * Return the record behind the first of a key.
	 * @param first the first record of a key
	 * @return the next record of the key, if there is one
	 */
	@Nullable OutgoingRecord peekBehind(OutgoingRecord first) {
		OutgoingRecord next = first.nextOfKey();
		while (next != null && next.isRemoved()) {
			next = removeBehind(first);
		}
		return next;
	}

	/**
	 * Remove the record behind the first of a key.
	 * @param first the first record of a key, which has another behind it
	 * @return the record that follows the removed one, if there is one
	 */
	@Nullable OutgoingRecord removeBehind(OutgoingRecord first) {
		OutgoingRecord removed = requireBehind(first);
		OutgoingRecord next = removed.nextOfKey();
		removed.setNextOfKey(null);
		link(first, next);
		return next;
	}

	/**
	 * Insert records directly behind the first of their key.
	 * @param first the first record of the key
	 * @param records records of the same key, in their order
	 */
	void reinsert(OutgoingRecord first, List<OutgoingRecord> records) {
		OutgoingRecord next = first.nextOfKey();
		for (int i = records.size() - 1; i >= 0; i--) {
			OutgoingRecord record = records.get(i);
			record.moveTo(RecordPlace.BEHIND_KEY);
			link(record, next);
			next = record;
		}
		first.setNextOfKey(next);
	}

	/**
	 * Sum up the bytes of a key.
	 * @param first the first record of the key
	 * @param most where to stop
	 * @return the bytes of that record and of those behind it
	 */
	int bytesFrom(OutgoingRecord first, int most) {
		int bytes = 0;
		OutgoingRecord next = first;
		while (next != null && bytes < most) {
			bytes += (!next.isRemoved()) ? next.bytes() : 0;
			next = next.nextOfKey();
		}
		return bytes;
	}

	private void link(OutgoingRecord record, @Nullable OutgoingRecord next) {
		record.setNextOfKey(next);
		String key = record.orderingKey();
		if (next == null && key != null) {
			this.last.put(key, record);
		}
	}

	private static OutgoingRecord requireBehind(OutgoingRecord first) {
		OutgoingRecord next = first.nextOfKey();
		if (next == null) {
			throw new IllegalStateException("There is no record behind the first of its key");
		}
		return next;
	}

}

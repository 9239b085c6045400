package io.kinesisspring.producer;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.producer.OutgoingRecord.Place;

/**
 * Keeps the order of each key: of the records of one key only the first may go, the
 * others wait behind it until it has left for good. Not thread-safe.
 */
final class KeyLanes {

	/** Marks a key with nothing behind its first record, as most are. */
	private final Queue<OutgoingRecord> nothingBehind = new ArrayDeque<>(0);

	private final Map<String, Queue<OutgoingRecord>> lanes = new HashMap<>();

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
		Queue<OutgoingRecord> behind = this.lanes.putIfAbsent(key, this.nothingBehind);
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
		Queue<OutgoingRecord> behind = this.lanes.getOrDefault(key, this.nothingBehind);
		OutgoingRecord next = behind.poll();
		while (next != null && next.place == Place.GONE) {
			next = behind.poll();
		}
		if (next == null) {
			this.lanes.remove(key);
		}
		return next;
	}

}

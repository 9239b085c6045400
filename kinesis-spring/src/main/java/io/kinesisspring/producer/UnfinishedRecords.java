package io.kinesisspring.producer;

import org.jspecify.annotations.Nullable;

/**
 * The records without an outcome, from the oldest to the youngest. They are linked with
 * each other, so removing one from the middle costs nothing. Not thread-safe.
 */
final class UnfinishedRecords {

	private @Nullable OutgoingRecord oldest;

	private @Nullable OutgoingRecord youngest;

	void add(OutgoingRecord record) {
		OutgoingRecord last = this.youngest;
		record.setOlder(last);
		if (last == null) {
			this.oldest = record;
		}
		else {
			last.setYounger(record);
		}
		this.youngest = record;
	}

	void remove(OutgoingRecord record) {
		OutgoingRecord before = record.older();
		OutgoingRecord after = record.younger();
		if (before == null) {
			this.oldest = after;
		}
		else {
			before.setYounger(after);
		}
		if (after == null) {
			this.youngest = before;
		}
		else {
			after.setOlder(before);
		}
		record.setOlder(null);
		record.setYounger(null);
	}

	@Nullable OutgoingRecord oldest() {
		return this.oldest;
	}

}

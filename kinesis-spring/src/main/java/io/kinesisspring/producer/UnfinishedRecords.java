package io.kinesisspring.producer;

import org.jspecify.annotations.Nullable;

/**
 * The records without an outcome, from the oldest to the youngest. They are linked with
 * each other, so that each can leave from the midst at no cost. Not thread-safe.
 */
final class UnfinishedRecords {

	private @Nullable OutgoingRecord oldest;

	private @Nullable OutgoingRecord youngest;

	void add(OutgoingRecord record) {
		OutgoingRecord last = this.youngest;
		record.older = last;
		if (last == null) {
			this.oldest = record;
		}
		else {
			last.younger = record;
		}
		this.youngest = record;
	}

	void remove(OutgoingRecord record) {
		OutgoingRecord before = record.older;
		OutgoingRecord after = record.younger;
		if (before == null) {
			this.oldest = after;
		}
		else {
			before.younger = after;
		}
		if (after == null) {
			this.youngest = before;
		}
		else {
			after.older = before;
		}
		record.older = null;
		record.younger = null;
	}

	@Nullable OutgoingRecord oldest() {
		return this.oldest;
	}

}

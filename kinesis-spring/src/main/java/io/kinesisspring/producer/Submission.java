package io.kinesisspring.producer;

import java.time.Duration;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Records that are sent together. They are sent as soon as they fill a request or have
 * been gathered for a while, even if others are still being prepared. Not thread-safe.
 */
final class Submission implements Consumer<OutgoingRecord>, AutoCloseable {

	/** The maximum time for gathering records: 10 milliseconds. */
	private static final long GATHER_NANOS = 10_000_000;

	private final RecordInbox recordInbox;

	private final Consumer<OutgoingRecord> wakeUp;

	private final int maxRecords;

	private Duration maxBlock;

	private int gathered;

	private long firstAcceptedAt;

	private @Nullable OutgoingRecord last;

	/**
	 * Create an empty submission.
	 * @param recordInbox accepts records
	 * @param options the maximum size of a request and the max-block
	 * @param wakeUp makes the engine drain the inbox, given the last record
	 */
	Submission(RecordInbox recordInbox, ProducerOptions options, Consumer<OutgoingRecord> wakeUp) {
		this.recordInbox = recordInbox;
		this.maxRecords = options.maxBatchRecords();
		this.maxBlock = options.maxBlock();
		this.wakeUp = wakeUp;
	}

	/**
	 * Accept a record, or fail its future. After one record finds no room, the others do
	 * not wait for room.
	 */
	@Override
	public void accept(OutgoingRecord record) {
		if (!this.recordInbox.accept(record, this.maxBlock)) {
			this.maxBlock = Duration.ZERO;
			return;
		}
		this.last = record;
		if (this.gathered++ == 0) {
			this.firstAcceptedAt = record.acceptedAt();
		}
		if (this.gathered >= this.maxRecords || record.acceptedAt() - this.firstAcceptedAt > GATHER_NANOS) {
			close();
		}
	}

	/**
	 * Let the engine send the gathered records.
	 */
	@Override
	public void close() {
		OutgoingRecord record = this.last;
		if (record != null) {
			this.gathered = 0;
			this.last = null;
			this.wakeUp.accept(record);
		}
	}

}

package io.kinesisspring.producer;

import java.time.Duration;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Records that are sent together. They go as soon as they fill a request or have been
 * gathered for a while, though others may still be prepared. Not thread-safe.
 */
final class Submission implements Consumer<OutgoingRecord>, AutoCloseable {

	/** How long records are gathered at most: 10 milliseconds. */
	private static final long GATHER = 10_000_000;

	private final RecordInbox recordInbox;

	private final Consumer<OutgoingRecord> wakeUp;

	private final int many;

	private Duration maxBlock;

	private int gathered;

	private long firstAt;

	private @Nullable OutgoingRecord last;

	/**
	 * Create a submission without records.
	 * @param recordInbox accepts records
	 * @param options how many share a request, and how long to wait for room
	 * @param wakeUp makes the engine look for records, the last of which is given
	 */
	Submission(RecordInbox recordInbox, ProducerOptions options, Consumer<OutgoingRecord> wakeUp) {
		this.recordInbox = recordInbox;
		this.many = options.maxBatchRecords();
		this.maxBlock = options.maxBlock();
		this.wakeUp = wakeUp;
	}

	/**
	 * Accept a record, or fail its future. Once there was no room for one, the others are
	 * not waited for.
	 */
	@Override
	public void accept(OutgoingRecord record) {
		if (!this.recordInbox.accept(record, this.maxBlock)) {
			this.maxBlock = Duration.ZERO;
			return;
		}
		this.last = record;
		if (this.gathered++ == 0) {
			this.firstAt = record.acceptedAt;
		}
		if (this.gathered >= this.many || record.acceptedAt - this.firstAt > GATHER) {
			close();
		}
	}

	/**
	 * Let go what has been gathered.
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

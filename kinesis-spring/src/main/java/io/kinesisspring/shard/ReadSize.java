package io.kinesisspring.shard;

/**
 * Computes the size of the next read of a shard. A request limits the number of records,
 * but the budget counts bytes, so that this class tracks the mean size of records.
 * Confined to the container's loop.
 */
final class ReadSize {

	private final ShardBuffer buffer;

	private final int maxRecords;

	/** 0 before the first record. */
	private long bytesPerRecord;

	private boolean behind = true;

	ReadSize(ShardBuffer buffer, int maxRecords) {
		this.buffer = buffer;
		this.maxRecords = maxRecords;
	}

	/**
	 * The bytes to reserve for the next read.
	 */
	long bytes() {
		return Math.min(this.buffer.share(this.behind), bytesPerRecord() * this.maxRecords);
	}

	/**
	 * Whether there was more to read after the last read.
	 */
	boolean isBehind() {
		return this.behind;
	}

	int records(long bytes) {
		return (int) Math.max(1, Math.min(this.maxRecords, bytes / bytesPerRecord()));
	}

	void learn(int records, long bytes, boolean behind) {
		this.behind = behind;
		if (records > 0) {
			this.bytesPerRecord = Math.max(1, bytes / records);
			this.buffer.learnRecordSize(this.bytesPerRecord);
		}
	}

	private long bytesPerRecord() {
		return (this.bytesPerRecord > 0) ? this.bytesPerRecord : this.buffer.expectedRecordSize();
	}

}

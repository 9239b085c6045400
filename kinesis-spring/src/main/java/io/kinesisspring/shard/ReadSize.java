package io.kinesisspring.shard;

/**
 * How much the next read of a shard may bring: the service is asked for a number of
 * records, and the budget for bytes, so that what records cost is learned as they come.
 * Confined to the container's loop.
 */
final class ReadSize {

	/** Until the first records have come: an aggregate of the KPL's usual size. */
	private static final long UNKNOWN_RECORD = 64 << 10;

	private final ShardBuffer buffer;

	private final int maxRecords;

	private long bytesPerRecord = UNKNOWN_RECORD;

	private boolean behind = true;

	ReadSize(ShardBuffer buffer, int maxRecords) {
		this.buffer = buffer;
		this.maxRecords = maxRecords;
	}

	/**
	 * No more than so many records need.
	 */
	long bytes() {
		return Math.min(this.buffer.share(this.behind), this.bytesPerRecord * this.maxRecords);
	}

	/**
	 * Whether the last read has left something behind.
	 */
	boolean isBehind() {
		return this.behind;
	}

	int records(long bytes) {
		return (int) Math.max(1, Math.min(this.maxRecords, bytes / this.bytesPerRecord));
	}

	void learn(int records, long bytes, boolean behind) {
		this.behind = behind;
		if (records > 0) {
			this.bytesPerRecord = Math.max(1, bytes / records);
		}
	}

}

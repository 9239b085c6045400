package io.kinesisspring.producer;

import java.util.List;

/**
 * The records of a request that is being filled, and the room that is left. Not
 * thread-safe.
 */
final class RequestSpace {

	private final List<OutgoingRecord> records;

	private final int maxRecords;

	private final long maxBytes;

	private long bytes;

	private boolean closed;

	/**
	 * Create an empty request.
	 * @param records the list to fill
	 * @param maxRecords the maximum number of entries
	 * @param maxBytes the maximum size
	 */
	RequestSpace(List<OutgoingRecord> records, int maxRecords, long maxBytes) {
		this.records = records;
		this.maxRecords = maxRecords;
		this.maxBytes = maxBytes;
	}

	boolean isEmpty() {
		return this.records.isEmpty();
	}

	/**
	 * Return the bytes that are left.
	 */
	long room() {
		return this.maxBytes - this.bytes;
	}

	/**
	 * Return whether an entry fits. The first one always does.
	 * @param size the size of the entry
	 */
	boolean hasRoomFor(long size) {
		return this.records.isEmpty() || (!this.closed && this.records.size() < this.maxRecords && size <= room());
	}

	/**
	 * Take no more entries, because one must be alone.
	 */
	void close() {
		this.closed = true;
	}

	/**
	 * Add an entry.
	 * @param record the record, which may represent an aggregate
	 * @param size the size of the entry
	 */
	void add(OutgoingRecord record, int size) {
		this.records.add(record);
		this.bytes += size;
	}

}

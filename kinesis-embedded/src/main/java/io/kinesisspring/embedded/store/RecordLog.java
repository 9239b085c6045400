package io.kinesisspring.embedded.store;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The records of one shard by their position. They are stored in segments, so old records
 * are removed without moving the others. Guarded by the lock of its shard.
 */
final class RecordLog {

	private static final int SEGMENT = 1024;

	/**
	 * Approximate memory of a record besides its data.
	 */
	private static final int OVERHEAD = 120;

	private final List<@Nullable StoredRecord[]> segments = new ArrayList<>();

	private long firstSegment;

	private long first = 1;

	private long next = 1;

	private long lastArrival;

	long append(@Nullable String partitionKey, byte[] data, long now) {
		if (this.next / SEGMENT - this.firstSegment >= this.segments.size()) {
			if (this.segments.isEmpty()) {
				this.firstSegment = this.next / SEGMENT;
			}
			this.segments.add(new StoredRecord[SEGMENT]);
		}
		this.lastArrival = Math.max(now, this.lastArrival);
		segment(this.next)[(int) (this.next % SEGMENT)] = new StoredRecord(this.next, this.lastArrival, partitionKey,
				data);
		return this.next++;
	}

	StoredRecord get(long index) {
		StoredRecord record = segment(index)[(int) (index % SEGMENT)];
		if (record == null) {
			throw new IllegalArgumentException("No record at " + index);
		}
		return record;
	}

	long first() {
		return this.first;
	}

	long next() {
		return this.next;
	}

	long lastArrival() {
		return this.lastArrival;
	}

	long firstSince(long time) {
		long low = this.first;
		long high = this.next;
		while (low < high) {
			long middle = (low + high) >>> 1;
			if (get(middle).arrivedAt() < time) {
				low = middle + 1;
			}
			else {
				high = middle;
			}
		}
		return low;
	}

	long trimTo(long index) {
		long freed = 0;
		while (this.first < index) {
			freed += cost(get(this.first));
			segment(this.first)[(int) (this.first % SEGMENT)] = null;
			this.first++;
			if (this.first % SEGMENT == 0) {
				this.segments.remove(0);
				this.firstSegment++;
			}
		}
		return freed;
	}

	static long cost(StoredRecord record) {
		return cost(record.partitionKey(), record.data());
	}

	static long cost(@Nullable String partitionKey, byte[] data) {
		return StoredRecord.size(partitionKey, data) + OVERHEAD;
	}

	private @Nullable StoredRecord[] segment(long index) {
		return this.segments.get((int) (index / SEGMENT - this.firstSegment));
	}

}

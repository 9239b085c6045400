package io.kinesisspring.embedded.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.persistence.ShardFiles;

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

	private final @Nullable ShardFiles files;

	private long firstSegment;

	private long first = 1;

	private long next = 1;

	private long lastArrival;

	private boolean startedFile;

	RecordLog(@Nullable ShardFiles files) {
		this.files = files;
	}

	/**
	 * Read the records of the files, if there are any.
	 * @param visitor learns of each record
	 */
	void load(Consumer<StoredRecord> visitor) {
		if (this.files == null) {
			return;
		}
		try {
			ShardFiles.Position end = this.files.load((index, arrivedAt, partitionKey, data) -> {
				StoredRecord record = new StoredRecord(index, arrivedAt, partitionKey, data);
				if (this.first == this.next) {
					startAt(index);
				}
				add(record);
				visitor.accept(record);
			});
			if (this.first == this.next) {
				startAt(end.next());
			}
			this.lastArrival = end.arrivedBefore();
		}
		catch (IOException ex) {
			throw StreamStorage.unreadable(ex);
		}
	}

	private void startAt(long index) {
		this.segments.clear();
		this.first = index;
		this.next = index;
	}

	long append(@Nullable String partitionKey, byte[] data, long now) {
		long arrivedAt = Math.max(now, this.lastArrival);
		if (this.files != null) {
			write(this.files, arrivedAt, partitionKey, data);
		}
		this.lastArrival = arrivedAt;
		add(new StoredRecord(this.next, arrivedAt, partitionKey, data));
		return this.next - 1;
	}

	/**
	 * Before anybody can see the record: a reader that has seen it may have told others,
	 * and no other record may get its sequence number.
	 */
	private void write(ShardFiles target, long arrivedAt, @Nullable String partitionKey, byte[] data) {
		try {
			if (target.append(this.next, arrivedAt, this.lastArrival, partitionKey, data)) {
				this.startedFile = true;
			}
		}
		catch (IOException ex) {
			throw StreamStorage.notStored(ex);
		}
	}

	private void add(StoredRecord record) {
		if (this.next / SEGMENT - this.firstSegment >= this.segments.size()) {
			if (this.segments.isEmpty()) {
				this.firstSegment = this.next / SEGMENT;
			}
			this.segments.add(new StoredRecord[SEGMENT]);
		}
		segment(this.next)[(int) (this.next % SEGMENT)] = record;
		this.next++;
	}

	/**
	 * Return whether a file was started since this was asked last.
	 */
	boolean hasStartedFile() {
		if (!this.startedFile) {
			return false;
		}
		this.startedFile = false;
		return true;
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
		long freed = drop(index);
		if (this.files != null) {
			this.files.trimBefore(this.first, this.next, this.lastArrival);
		}
		return freed;
	}

	/**
	 * Drop all records, but leave the files alone.
	 */
	long clear() {
		close();
		return drop(this.next);
	}

	void close() {
		if (this.files != null) {
			this.files.close();
		}
	}

	private long drop(long index) {
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

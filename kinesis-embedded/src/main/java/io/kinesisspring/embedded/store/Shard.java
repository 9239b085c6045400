package io.kinesisspring.embedded.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.limit.ShardLimiter;

/**
 * A shard: a part of the hash key space, and its records in order. Thread-safe.
 *
 * @since 0.1.0
 */
public final class Shard {

	private static final long MILLIS = 1000;

	private final ReentrantLock lock = new ReentrantLock();

	private final RecordLog log;

	private final Set<Runnable> listeners = new CopyOnWriteArraySet<>();

	private final ShardLimiter limiter = new ShardLimiter();

	private final String id;

	private final ShardState initial;

	private final int number;

	private final long createdSeconds;

	private final List<Shard> parents;

	private final MemoryBudget memory;

	private volatile long closedAt;

	private volatile boolean closed;

	/** Whether the stream is gone, so that nobody would ever forget new records. */
	private boolean deleted;

	/**
	 * Create a shard, new or as it was. Records that were kept are to be loaded.
	 */
	Shard(ShardState state, List<Shard> parents, StreamStorage storage) {
		this.id = state.id();
		this.initial = state;
		this.number = state.number();
		this.createdSeconds = state.createdSeconds();
		this.parents = parents;
		this.closed = state.closed();
		this.closedAt = state.closedAt();
		this.memory = storage.memory();
		this.log = new RecordLog(storage.files(this.id));
	}

	/**
	 * Return what is kept of this shard.
	 * @param now when it closes if it is about to, or {@code null}
	 */
	ShardState state(@Nullable Long now) {
		if (this.closed) {
			return this.initial.closedAt(this.closedAt);
		}
		return (now != null) ? this.initial.closedAt(now) : this.initial;
	}

	/**
	 * Read the records that were kept.
	 * @param reclaimer frees memory while it is exceeded
	 */
	void load(Runnable reclaimer) {
		locked(() -> {
			this.log.load((record) -> {
				this.memory.take(RecordLog.cost(record));
				if (this.memory.isExceeded()) {
					reclaimer.run();
				}
			});
			this.closedAt = this.closed ? Math.max(this.closedAt, this.log.lastArrival()) : 0;
		});
	}

	/**
	 * Return the shard's id.
	 * @return the id, such as {@code shardId-000000000000}
	 */
	public String id() {
		return this.id;
	}

	int number() {
		return this.number;
	}

	/**
	 * Return the part of the hash key space that goes here.
	 * @return the range
	 */
	public HashRange range() {
		return this.initial.range();
	}

	/**
	 * Return what this shard was made of.
	 * @return no shard, the one that was split, or the two that were merged
	 */
	public List<Shard> parents() {
		return this.parents;
	}

	/**
	 * Return when this shard was made.
	 * @return the time in milliseconds since the epoch
	 */
	public long createdAt() {
		return this.initial.createdAt();
	}

	/**
	 * Return when this shard was closed.
	 * @return the time in milliseconds since the epoch, meaningless while it is open
	 */
	public long closedAt() {
		return this.closedAt;
	}

	/**
	 * Return whether this shard was split or merged, and accepts no more records.
	 * @return {@code true} if it is closed
	 */
	public boolean isClosed() {
		return this.closed;
	}

	/**
	 * Return the limiter of this shard's throughput.
	 * @return the limiter
	 */
	public ShardLimiter limiter() {
		return this.limiter;
	}

	/**
	 * Return the sequence number before the first record of this shard.
	 * @return the sequence number
	 */
	public SequenceNumber startingSequenceNumber() {
		return sequenceNumber(0, this.createdSeconds);
	}

	/**
	 * Return the sequence number after the last record of this shard.
	 * @return the sequence number, or {@code null} while the shard is open
	 */
	public @Nullable SequenceNumber endingSequenceNumber() {
		return this.closed ? sequenceNumber(SequenceNumber.END, this.closedAt / MILLIS) : null;
	}

	/**
	 * Return the sequence number of one of this shard's records.
	 * @param record the record
	 * @return its sequence number
	 */
	public SequenceNumber sequenceNumber(StoredRecord record) {
		return sequenceNumber(record.index(), record.arrivedAt() / MILLIS);
	}

	/**
	 * Return a sequence number to continue after, even if no record has it.
	 * @param position the position of the next record to read
	 * @param now the current time in milliseconds since the epoch
	 * @return the sequence number
	 */
	public SequenceNumber continuation(long position, long now) {
		return sequenceNumber(position - 1, Math.max(now / MILLIS, this.createdSeconds));
	}

	private SequenceNumber sequenceNumber(long index, long seconds) {
		return new SequenceNumber(this.createdSeconds, index, Math.max(seconds, this.createdSeconds), this.number);
	}

	@Nullable SequenceNumber append(@Nullable String partitionKey, byte[] data, long now) {
		SequenceNumber sequenceNumber;
		this.lock.lock();
		try {
			if (this.closed || this.deleted) {
				return null;
			}
			long index = this.log.append(partitionKey, data, now);
			this.memory.take(RecordLog.cost(partitionKey, data));
			if (this.log.hasStartedFile()) {
				this.memory.reclaimSoon();
			}
			sequenceNumber = sequenceNumber(index, this.log.lastArrival() / MILLIS);
		}
		finally {
			this.lock.unlock();
		}
		return sequenceNumber;
	}

	/**
	 * Read records.
	 * @param position the position of the first record
	 * @param limit the maximum number of records
	 * @param maxBytes the maximum size; one record is read even if it is larger
	 * @param horizon records that arrived before this time are dropped
	 * @param now the current time in milliseconds since the epoch
	 * @return the records, and the position after them
	 */
	public ReadBatch read(long position, int limit, long maxBytes, long horizon, long now) {
		this.lock.lock();
		try {
			trimBefore(horizon);
			long index = Math.max(position, this.log.first());
			List<StoredRecord> records = new ArrayList<>((int) Math.max(0, Math.min(limit, this.log.next() - index)));
			long bytes = 0;
			while (index < this.log.next() && records.size() < limit) {
				StoredRecord record = this.log.get(index);
				bytes += record.size();
				if (bytes > maxBytes && !records.isEmpty()) {
					break;
				}
				records.add(record);
				index++;
			}
			boolean caughtUp = index >= this.log.next();
			long behind = caughtUp ? 0 : Math.max(1, now - this.log.get(index).arrivedAt());
			return new ReadBatch(records, index, behind, caughtUp && this.closed);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return the position of the next record to be written.
	 * @return the position
	 */
	public long latest() {
		this.lock.lock();
		try {
			return this.log.next();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Find the first record that arrived at a time or later.
	 * @param time the time in milliseconds since the epoch
	 * @return the position of the record
	 */
	public long positionSince(long time) {
		this.lock.lock();
		try {
			return this.log.firstSince(time);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return whether this shard may have assigned a sequence number.
	 * @param number the sequence number
	 * @return {@code true} if the number belongs to this shard
	 */
	public boolean knows(SequenceNumber number) {
		return number.shardCreated() == this.createdSeconds && number.shard() == this.number
				&& (number.index() < latest() || (this.closed && number.index() == SequenceNumber.END));
	}

	/**
	 * Find the first record with a given sequence number or a greater one.
	 * @param number the sequence number
	 * @return the position of the record
	 */
	public long positionAt(SequenceNumber number) {
		this.lock.lock();
		try {
			long index = Math.min(number.index(), this.log.next());
			boolean passed = index >= this.log.first() && index < this.log.next()
					&& sequenceNumber(this.log.get(index)).compareTo(number) < 0;
			return passed ? index + 1 : index;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Find the first record with a greater sequence number.
	 * @param number the sequence number
	 * @return the position of the record
	 */
	public long positionAfter(SequenceNumber number) {
		return Math.min(number.index(), latest() - 1) + 1;
	}

	/**
	 * Add a listener for changes: new records, or the end of this shard.
	 * @param listener runs on the thread that made the change; must be quick
	 */
	public void addListener(Runnable listener) {
		this.listeners.add(listener);
	}

	/**
	 * Remove a listener.
	 * @param listener the listener
	 */
	public void removeListener(Runnable listener) {
		this.listeners.remove(listener);
	}

	/**
	 * Notify the listeners. Writers do this once for all records of a request.
	 */
	public void notifyListeners() {
		for (Runnable listener : this.listeners) {
			listener.run();
		}
	}

	void close(long now) {
		locked(() -> {
			this.closedAt = Math.max(now, this.log.lastArrival());
			this.closed = true;
		});
	}

	void trim(long horizon) {
		locked(() -> trimBefore(horizon));
	}

	/**
	 * Drop all records, and accept no more.
	 */
	void clear() {
		locked(() -> {
			this.deleted = true;
			this.memory.free(this.log.clear());
		});
	}

	void closeFiles() {
		locked(this.log::close);
	}

	void trimOldest(int count) {
		locked(() -> this.memory.free(this.log.trimTo(Math.min(this.log.first() + count, this.log.next()))));
	}

	private void locked(Runnable change) {
		this.lock.lock();
		try {
			change.run();
		}
		finally {
			this.lock.unlock();
		}
	}

	long oldestArrival() {
		this.lock.lock();
		try {
			return (this.log.first() < this.log.next()) ? this.log.get(this.log.first()).arrivedAt() : Long.MAX_VALUE;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void trimBefore(long horizon) {
		while (this.log.first() < this.log.next() && this.log.get(this.log.first()).arrivedAt() < horizon) {
			this.memory.free(this.log.trimTo(this.log.firstSince(horizon)));
		}
	}

}

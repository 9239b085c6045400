package io.kinesisspring.listener;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.lease.Checkpoint;

/**
 * Tracks how far a shard has been processed without a gap, if records finish in any
 * order. It keeps only the unfinished records, and for each of them the last record of
 * the finished run after it. Thread-safe.
 */
final class Watermark {

	private final ReentrantLock lock = new ReentrantLock();

	/** The unfinished, each with the end of the finished run that follows it. */
	private final NavigableMap<Checkpoint.After, Checkpoint.@Nullable After> unfinished = new TreeMap<>();

	/**
	 * Add records after all earlier ones.
	 */
	void add(List<KinesisRecord<byte[]>> records) {
		this.lock.lock();
		try {
			records.forEach((record) -> this.unfinished.put(positionOf(record), null));
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * A record is finished. Unknown records and repeated calls have no effect.
	 * @return the new watermark; {@code null} if it has not moved
	 */
	Checkpoint.@Nullable After finish(KinesisRecord<?> record) {
		Checkpoint.After position = positionOf(record);
		this.lock.lock();
		try {
			if (!this.unfinished.containsKey(position)) {
				return null;
			}
			Checkpoint.After following = this.unfinished.remove(position);
			Checkpoint.After end = (following != null) ? following : position;
			Map.Entry<Checkpoint.After, Checkpoint.@Nullable After> before = this.unfinished.lowerEntry(position);
			if (before == null) {
				return end;
			}
			this.unfinished.put(before.getKey(), end);
			return null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * A record and all before it are finished.
	 * @return as for {@link #finish(KinesisRecord)}
	 */
	Checkpoint.@Nullable After finishUpTo(KinesisRecord<?> record) {
		return finishHead(record, true);
	}

	/**
	 * All before a record are finished.
	 * @return as for {@link #finish(KinesisRecord)}
	 */
	Checkpoint.@Nullable After finishBefore(KinesisRecord<?> record) {
		return finishHead(record, false);
	}

	private Checkpoint.@Nullable After finishHead(KinesisRecord<?> record, boolean inclusive) {
		this.lock.lock();
		try {
			NavigableMap<Checkpoint.After, Checkpoint.@Nullable After> finished = this.unfinished
				.headMap(positionOf(record), inclusive);
			Map.Entry<Checkpoint.After, Checkpoint.@Nullable After> last = finished.lastEntry();
			finished.clear();
			if (last == null) {
				return null;
			}
			Checkpoint.After following = last.getValue();
			return (following != null) ? following : last.getKey();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether a record is not finished.
	 */
	boolean isUnfinished(KinesisRecord<?> record) {
		this.lock.lock();
		try {
			return this.unfinished.containsKey(positionOf(record));
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * How many records are not finished.
	 */
	int size() {
		this.lock.lock();
		try {
			return this.unfinished.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	private static Checkpoint.After positionOf(KinesisRecord<?> record) {
		return new Checkpoint.After(record.sequenceNumber(), record.subSequenceNumber());
	}

}

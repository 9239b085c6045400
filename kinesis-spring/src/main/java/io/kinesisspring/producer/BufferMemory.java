package io.kinesisspring.producer;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.springframework.util.unit.DataSize;

/**
 * Limits the memory of records without an outcome. Threads that wait for room are served
 * in order, so small records do not starve large ones. Thread-safe.
 */
final class BufferMemory {

	/** Memory is counted in units, so an {@code int} is enough for any heap. */
	private static final int UNIT = 64;

	private final DataSize size;

	private final int units;

	private final Semaphore free;

	private final SendGate gate = new SendGate(this::used);

	BufferMemory(DataSize size) {
		this.size = size;
		this.units = Math.toIntExact(size.toBytes() / UNIT);
		this.free = new Semaphore(this.units, true);
	}

	/**
	 * Return whether the buffer could hold a record if it were empty.
	 * @param record the record
	 * @return whether the record is not larger than the buffer
	 */
	boolean canEverHold(OutgoingRecord record) {
		return units(record) <= this.units;
	}

	boolean tryReserve(OutgoingRecord record) {
		return !this.free.hasQueuedThreads() && this.free.tryAcquire(units(record));
	}

	/**
	 * Wait for room.
	 * @param record the record
	 * @param atMost how long to wait
	 * @return whether there is room now
	 * @throws InterruptedException if the thread is interrupted
	 */
	boolean reserve(OutgoingRecord record, Duration atMost) throws InterruptedException {
		return this.free.tryAcquire(units(record), TimeUnit.NANOSECONDS.convert(atMost), TimeUnit.NANOSECONDS);
	}

	/**
	 * Release the memory of one or more records. Each call wakes a waiting thread, so
	 * callers release many records at once.
	 * @param units the memory of the records, see {@link #units}
	 */
	void release(int units) {
		if (units > 0) {
			this.free.release(units);
		}
	}

	/**
	 * Return where senders wait before they look for room.
	 */
	SendGate gate() {
		return this.gate;
	}

	long used() {
		return (long) (this.units - this.free.availablePermits()) * UNIT;
	}

	int waiting() {
		return this.free.getQueueLength() + this.gate.waiting();
	}

	/**
	 * Describe how full the buffer is, for messages.
	 * @return the used and the total size
	 */
	@Override
	public String toString() {
		return used() + " of " + this.size.toBytes() + " bytes used, " + waiting() + " sends waiting";
	}

	/**
	 * Return the memory of a record.
	 * @param record the record
	 * @return the number of units
	 */
	static int units(OutgoingRecord record) {
		return (record.memory() + UNIT - 1) / UNIT;
	}

}

package io.kinesisspring.producer;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.springframework.util.unit.DataSize;

/**
 * The memory that the records without an outcome may take. Who waits for room is served
 * in turn, so that large records are not starved by small ones. Thread-safe.
 */
final class BufferMemory {

	/** Counts in units, so that an {@code int} of them is enough for any heap. */
	private static final int UNIT = 64;

	private final DataSize size;

	private final int units;

	private final Semaphore free;

	BufferMemory(DataSize size) {
		this.size = size;
		this.units = Math.toIntExact(size.toBytes() / UNIT);
		this.free = new Semaphore(this.units, true);
	}

	/**
	 * Whether a record could be taken if there were no others.
	 * @param record the record
	 * @return whether it is not larger than the buffer
	 */
	boolean canEverHold(OutgoingRecord record) {
		return units(record) <= this.units;
	}

	boolean tryReserve(OutgoingRecord record) {
		return !this.free.hasQueuedThreads() && this.free.tryAcquire(units(record));
	}

	/**
	 * Wait for room.
	 * @param record for what
	 * @param atMost how long to wait
	 * @return whether there is room now
	 * @throws InterruptedException if the caller is interrupted
	 */
	boolean reserve(OutgoingRecord record, Duration atMost) throws InterruptedException {
		return this.free.tryAcquire(units(record), TimeUnit.NANOSECONDS.convert(atMost), TimeUnit.NANOSECONDS);
	}

	/**
	 * Give room back, of many records at once where there are many: whoever waits for it
	 * is woken each time.
	 * @param units what records have taken up, see {@link #units}
	 */
	void release(int units) {
		if (units > 0) {
			this.free.release(units);
		}
	}

	long used() {
		return (long) (this.units - this.free.availablePermits()) * UNIT;
	}

	int waiting() {
		return this.free.getQueueLength();
	}

	/**
	 * How full the buffer is, for messages.
	 * @return what is used of what there is
	 */
	@Override
	public String toString() {
		return used() + " of " + this.size.toBytes() + " bytes used, " + waiting() + " sends waiting";
	}

	/**
	 * What a record takes up.
	 * @param record the record
	 * @return a number of units of this memory
	 */
	static int units(OutgoingRecord record) {
		return (record.memory() + UNIT - 1) / UNIT;
	}

}

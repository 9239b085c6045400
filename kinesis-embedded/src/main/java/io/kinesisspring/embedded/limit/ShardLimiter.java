package io.kinesisspring.embedded.limit;

import java.util.concurrent.locks.ReentrantLock;

/**
 * Limits what is written to a shard and read from it in a second. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ShardLimiter {

	private final ReentrantLock lock = new ReentrantLock();

	private final Meter writtenRecords = new Meter();

	private final Meter writtenBytes = new Meter();

	private final Meter reads = new Meter();

	private final Meter readBytes = new Meter();

	private long readableAt;

	/**
	 * Request to write a record.
	 * @param limits the limits to keep
	 * @param bytes the record's size
	 * @param now the current time in milliseconds
	 * @return whether the record may be written; it is counted if so
	 */
	public boolean admitWrite(StreamLimits limits, long bytes, long now) {
		if (limits == StreamLimits.none()) {
			return true;
		}
		this.lock.lock();
		try {
			if (!this.writtenRecords.fits(1, limits.writeRecords(), now)
					|| !this.writtenBytes.fits(bytes, limits.writeBytes(), now)) {
				return false;
			}
			this.writtenRecords.add(1);
			this.writtenBytes.add(bytes);
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Request to read.
	 * @param limits the limits to keep
	 * @param now the current time in milliseconds
	 * @return whether the call may be answered; it is counted if so
	 */
	public boolean admitRead(StreamLimits limits, long now) {
		if (limits == StreamLimits.none()) {
			return true;
		}
		this.lock.lock();
		try {
			if (now < this.readableAt || !this.reads.fits(1, limits.reads(), now)
					|| !this.readBytes.fits(0, limits.readBytes(), now)) {
				return false;
			}
			this.reads.add(1);
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Count what was read. A response that is larger than the limit is sent whole, and
	 * calls are throttled until the time that it would have taken has passed: five
	 * seconds after 10 MiB, as the service says.
	 * @param limits the limits to keep
	 * @param bytes the size of the answer
	 */
	public void read(StreamLimits limits, long bytes) {
		if (limits == StreamLimits.none()) {
			return;
		}
		this.lock.lock();
		try {
			this.readBytes.add(bytes);
			this.readableAt = this.readBytes.emptyAfter(limits.readBytes());
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * A bucket that leaks what the limit allows.
	 */
	private static final class Meter {

		private static final double SECOND = 1000.0;

		private double level;

		private long updatedAt;

		boolean fits(long amount, long limit, long now) {
			this.level = Math.max(0, this.level - limit * ((now - this.updatedAt) / SECOND));
			this.updatedAt = now;
			return this.level + amount <= limit || (this.level == 0 && amount > limit);
		}

		void add(long amount) {
			this.level += amount;
		}

		/**
		 * Return when the bucket is within the limit again.
		 */
		long emptyAfter(long limit) {
			return (this.level > limit) ? this.updatedAt + (long) Math.ceil(this.level * SECOND / limit)
					: this.updatedAt;
		}

	}

}

package io.kinesisspring.embedded.store;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The used and the maximum memory of all records.
 */
final class MemoryBudget {

	private final long limit;

	private final AtomicLong used = new AtomicLong();

	private volatile boolean due;

	MemoryBudget(long limit) {
		this.limit = limit;
	}

	void take(long bytes) {
		this.used.addAndGet(bytes);
	}

	void free(long bytes) {
		this.used.addAndGet(-bytes);
	}

	long used() {
		return this.used.get();
	}

	/**
	 * Ask for old records to be dropped even if there is memory left, because they take
	 * room on the disk.
	 */
	void reclaimSoon() {
		this.due = true;
	}

	boolean isDue() {
		return this.due || isExceeded();
	}

	void reclaimed() {
		this.due = false;
	}

	boolean isExceeded() {
		return this.used.get() > this.limit;
	}

	long target() {
		return this.limit - this.limit / 16;
	}

}

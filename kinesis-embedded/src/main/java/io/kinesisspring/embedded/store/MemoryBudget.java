package io.kinesisspring.embedded.store;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The used and the maximum memory of all records.
 */
final class MemoryBudget {

	private final long limit;

	private final AtomicLong used = new AtomicLong();

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

	boolean isExceeded() {
		return this.used.get() > this.limit;
	}

	long target() {
		return this.limit - this.limit / 16;
	}

}

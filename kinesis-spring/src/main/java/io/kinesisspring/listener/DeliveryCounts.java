package io.kinesisspring.listener;

import java.util.concurrent.atomic.LongAdder;

/**
 * What a container has counted since it was created, for all its shards together.
 * Thread-safe.
 */
final class DeliveryCounts {

	private final LongAdder records = new LongAdder();

	private final LongAdder failures = new LongAdder();

	void processed(int number) {
		this.records.add(number);
	}

	void failed() {
		this.failures.increment();
	}

	long records() {
		return this.records.sum();
	}

	long failures() {
		return this.failures.sum();
	}

}

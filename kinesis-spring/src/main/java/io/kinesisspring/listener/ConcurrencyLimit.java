package io.kinesisspring.listener;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * Limits how many deliveries of a shard run at the same time. The others wait in a queue.
 * A delivery keeps its permit until it releases it, across threads. Thread-safe.
 */
final class ConcurrencyLimit {

	private final ReentrantLock lock = new ReentrantLock();

	private final Queue<OrderedDelivery> waiting = new ArrayDeque<>();

	private final ExecutorHandoff executorHandoff;

	private final Runnable onFree;

	private int permits;

	ConcurrencyLimit(int limit, ExecutorHandoff executorHandoff, Runnable onFree) {
		this.permits = limit;
		this.executorHandoff = executorHandoff;
		this.onFree = onFree;
	}

	/**
	 * Run a delivery when it gets a permit.
	 */
	void acquire(OrderedDelivery delivery) {
		this.lock.lock();
		try {
			if (this.permits == 0) {
				this.waiting.add(delivery);
				return;
			}
			this.permits--;
		}
		finally {
			this.lock.unlock();
		}
		run(delivery);
	}

	/**
	 * Continue a delivery that has a permit on another thread.
	 */
	void resume(OrderedDelivery delivery) {
		run(delivery);
	}

	void release() {
		run(nextWaiting());
	}

	/**
	 * Run a delivery. If the executor rejects it, run the next ones; it gets a permit
	 * again later.
	 */
	private void run(@Nullable OrderedDelivery first) {
		OrderedDelivery delivery = first;
		while (delivery != null) {
			if (this.executorHandoff.execute(delivery)) {
				return;
			}
			delivery = nextWaiting();
		}
		this.onFree.run();
	}

	private @Nullable OrderedDelivery nextWaiting() {
		this.lock.lock();
		try {
			OrderedDelivery nextWaiting = this.waiting.poll();
			if (nextWaiting == null) {
				this.permits++;
			}
			return nextWaiting;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether a permit is free. Then no delivery waits.
	 */
	boolean hasFreePermit() {
		this.lock.lock();
		try {
			return this.permits > 0;
		}
		finally {
			this.lock.unlock();
		}
	}

}

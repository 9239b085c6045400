package io.kinesisspring.listener;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * Lets so many deliveries of a shard run at once and the others wait in line. A delivery
 * has its turn until it gives it back, across threads. Thread-safe.
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
	 * Let a delivery run when its turn comes.
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
	 * Let a delivery that has its turn go on, on another thread.
	 */
	void resume(OrderedDelivery delivery) {
		run(delivery);
	}

	void release() {
		run(nextWaiting());
	}

	/**
	 * Let a delivery run, or those behind it if the executor refuses it: it takes its
	 * turn again later.
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
	 * Whether a turn is free: nobody waits then.
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

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

	private final Runnable whenFree;

	private int free;

	ConcurrencyLimit(int atOnce, ExecutorHandoff executorHandoff, Runnable whenFree) {
		this.free = atOnce;
		this.executorHandoff = executorHandoff;
		this.whenFree = whenFree;
	}

	/**
	 * Let a delivery run when its turn comes.
	 */
	void take(OrderedDelivery delivery) {
		this.lock.lock();
		try {
			if (this.free == 0) {
				this.waiting.add(delivery);
				return;
			}
			this.free--;
		}
		finally {
			this.lock.unlock();
		}
		run(delivery);
	}

	/**
	 * Let a delivery that has its turn go on, on another thread.
	 */
	void goOn(OrderedDelivery delivery) {
		run(delivery);
	}

	void giveBack() {
		run(next());
	}

	/**
	 * Let a delivery run, or those behind it if the executor refuses it: it takes its
	 * turn again later.
	 */
	private void run(@Nullable OrderedDelivery first) {
		OrderedDelivery delivery = first;
		while (delivery != null) {
			if (this.executorHandoff.hand(delivery)) {
				return;
			}
			delivery = next();
		}
		this.whenFree.run();
	}

	private @Nullable OrderedDelivery next() {
		this.lock.lock();
		try {
			OrderedDelivery next = this.waiting.poll();
			if (next == null) {
				this.free++;
			}
			return next;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether a turn is free: nobody waits then.
	 */
	boolean isFree() {
		this.lock.lock();
		try {
			return this.free > 0;
		}
		finally {
			this.lock.unlock();
		}
	}

}

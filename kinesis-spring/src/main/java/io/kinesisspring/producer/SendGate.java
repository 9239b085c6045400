package io.kinesisspring.producer;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Where senders wait while their stream has more records than it stores within the target
 * delay. Each turn of the engine says how far senders may fill the memory until the next,
 * because they can be much faster than the turns follow each other. A wait ends soon,
 * whatever happens, and is never a reason to reject a record. Thread-safe.
 */
final class SendGate {

	/** Nothing makes senders wait. */
	static final long OPEN = Long.MAX_VALUE;

	/** Senders wait now. */
	static final long CLOSED = 0;

	/** How long a sender waits at most, so that no mistake of the engine stops it. */
	static final Duration MAX_WAIT = Duration.ofSeconds(1);

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition opened = this.lock.newCondition();

	private final LongSupplier used;

	/** The memory in use at which senders wait, by stream: a map that never changes. */
	private volatile Map<String, Long> ceilings = Map.of();

	private final LongAdder waiting = new LongAdder();

	private boolean openForGood;

	/**
	 * Create a gate that is open.
	 * @param used returns the memory that all records use, in bytes
	 */
	SendGate(LongSupplier used) {
		this.used = used;
	}

	boolean isOpen(String stream) {
		Long ceiling = this.ceilings.get(stream);
		return ceiling == null || this.used.getAsLong() < ceiling;
	}

	/**
	 * Wait until a stream takes more records, or for {@link #MAX_WAIT}.
	 * @param stream the name or the ARN of the stream
	 * @param atMost how long the sender may wait
	 * @param wakeUp asks for a turn of the engine, because memory may be reserved for
	 * records of which the engine does not know yet
	 * @return how long it may wait for something else
	 * @throws InterruptedException if the thread is interrupted
	 */
	Duration await(String stream, Duration atMost, Runnable wakeUp) throws InterruptedException {
		long nanos = ((atMost.compareTo(MAX_WAIT) < 0) ? atMost : MAX_WAIT).toNanos();
		long left = nanos;
		this.lock.lock();
		try {
			this.waiting.increment();
			while (left > 0 && !isOpen(stream)) {
				wakeUp.run();
				left = this.opened.awaitNanos(left);
			}
		}
		finally {
			this.waiting.decrement();
			this.lock.unlock();
		}
		return atMost.minusNanos(nanos - Math.max(0, left));
	}

	/**
	 * Let the senders of a stream go on, until much memory is in use. Wakes those that
	 * wait.
	 * @param stream the name or the ARN of the stream
	 * @param ceiling the memory in use at which they wait, in bytes; {@link #OPEN} or
	 * {@link #CLOSED}
	 */
	void set(String stream, long ceiling) {
		long before = this.ceilings.getOrDefault(stream, OPEN);
		if (ceiling == before && (ceiling == OPEN || ceiling == CLOSED)) {
			return;
		}
		this.lock.lock();
		try {
			Map<String, Long> next = new HashMap<>(this.ceilings);
			if (ceiling == OPEN) {
				next.remove(stream);
			}
			else if (!this.openForGood) {
				next.put(stream, ceiling);
			}
			this.ceilings = Map.copyOf(next);
			this.opened.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Let all senders go on, and none wait from now on.
	 */
	void openForGood() {
		this.lock.lock();
		try {
			this.openForGood = true;
			this.ceilings = Map.of();
			this.opened.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return the memory that all records use, in bytes.
	 */
	long used() {
		return this.used.getAsLong();
	}

	int waiting() {
		return this.waiting.intValue();
	}

}

package io.kinesisspring.producer;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where senders wait while their stream has more records than it stores within the target
 * delay. A wait ends soon, whatever happens, and is never a reason to reject a record.
 * Thread-safe.
 */
final class SendGate {

	/** How long a sender waits at most, so that no mistake of the engine stops it. */
	static final Duration MAX_WAIT = Duration.ofSeconds(1);

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition opened = this.lock.newCondition();

	/** The streams whose senders wait: a set that never changes. */
	private volatile Set<String> closed = Set.of();

	private final LongAdder waiting = new LongAdder();

	private boolean openForGood;

	boolean isOpen(String stream) {
		return !this.closed.contains(stream);
	}

	/**
	 * Wait until a stream takes more records, or for {@link #MAX_WAIT}.
	 * @param stream the name or the ARN of the stream
	 * @param atMost how long the sender may wait
	 * @return how long it may wait for something else
	 * @throws InterruptedException if the thread is interrupted
	 */
	Duration await(String stream, Duration atMost) throws InterruptedException {
		long nanos = ((atMost.compareTo(MAX_WAIT) < 0) ? atMost : MAX_WAIT).toNanos();
		long left = nanos;
		this.lock.lock();
		try {
			this.waiting.increment();
			while (left > 0 && this.closed.contains(stream)) {
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
	 * Let the senders of a stream wait, or let them go on.
	 * @param stream the name or the ARN of the stream
	 * @param open whether they go on
	 */
	void set(String stream, boolean open) {
		if (open == isOpen(stream)) {
			return;
		}
		this.lock.lock();
		try {
			Set<String> next = new HashSet<>(this.closed);
			if (open) {
				next.remove(stream);
			}
			else if (!this.openForGood) {
				next.add(stream);
			}
			this.closed = Set.copyOf(next);
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
			this.closed = Set.of();
			this.opened.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	int waiting() {
		return this.waiting.intValue();
	}

}

package io.kinesisspring.listener;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.shard.ShardSession;

/**
 * Holds a shard back while so many of its records wait to be acknowledged by hand that
 * keeping track of them takes more memory than it may. That memory is not taken from what
 * is read with, so that a shard which nobody acknowledges holds up no other. Thread-safe.
 */
final class Unacknowledged {

	/** What keeping track of a record takes on the heap. */
	static final long BYTES_PER_RECORD = 200;

	/** An upper bound of how late the end of the session is noticed. */
	private static final Duration CHECK_INTERVAL = Duration.ofSeconds(10);

	private static final Log logger = LogFactory.getLog(Unacknowledged.class);

	private final ReentrantLock lock = new ReentrantLock();

	private final ShardSession session;

	private final IntSupplier records;

	private final LongSupplier share;

	private volatile @Nullable CompletableFuture<Void> waiting;

	private boolean logged;

	private boolean checkScheduled;

	/**
	 * Create it.
	 * @param records how many records of the session are not acknowledged
	 * @param share how many bytes keeping track of them may take
	 */
	Unacknowledged(ShardSession session, IntSupplier records, LongSupplier share) {
		this.session = session;
		this.records = records;
		this.share = share;
	}

	/**
	 * Wait until more records may come.
	 * @return completes then, or when the session is over
	 */
	CompletableFuture<Void> waitForCapacity() {
		CompletableFuture<Void> waitForCapacity = new CompletableFuture<>();
		this.waiting = waitForCapacity;
		check();
		return waitForCapacity;
	}

	/**
	 * Something has been acknowledged.
	 */
	void acknowledged() {
		if (this.waiting != null) {
			check();
		}
	}

	private void check() {
		CompletableFuture<Void> waitForCapacity;
		boolean schedule = false;
		this.lock.lock();
		try {
			waitForCapacity = this.waiting;
			if (waitForCapacity != null && isFull()) {
				waitForCapacity = null;
				schedule = !this.checkScheduled;
				this.checkScheduled = true;
			}
			else {
				this.waiting = null;
			}
		}
		finally {
			this.lock.unlock();
		}
		if (waitForCapacity != null) {
			waitForCapacity.complete(null);
		}
		if (schedule) {
			this.session.afterPause(CHECK_INTERVAL, this::recheck);
		}
	}

	private void recheck() {
		this.lock.lock();
		try {
			this.checkScheduled = false;
		}
		finally {
			this.lock.unlock();
		}
		check();
	}

	private boolean isFull() {
		int unacknowledged = this.records.getAsInt();
		boolean full = unacknowledged * BYTES_PER_RECORD > this.share.getAsLong() && this.session.isActive();
		if (full && !this.logged) {
			this.logged = true;
			logger.warn(unacknowledged + " records wait for Acknowledgment.acknowledge() and fill this shard's part of "
					+ "the listener's buffer memory; the shard pauses until some of them are acknowledged: "
					+ this.session);
		}
		return full;
	}

}

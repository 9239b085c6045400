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
 * Pauses a shard while it has too many unacknowledged records, because tracking them
 * takes memory. That memory does not count against the reads, so that a shard without
 * acknowledgments delays no other. Thread-safe.
 */
final class UnacknowledgedLimit {

	/** The heap that tracking a record takes. */
	static final long BYTES_PER_RECORD = 200;

	/** The longest time until the end of the session is noticed. */
	private static final Duration CHECK_INTERVAL = Duration.ofSeconds(10);

	private static final Log logger = LogFactory.getLog(UnacknowledgedLimit.class);

	private final ReentrantLock lock = new ReentrantLock();

	private final ShardSession session;

	private final IntSupplier records;

	private final LongSupplier share;

	private volatile @Nullable CompletableFuture<Void> waiting;

	private boolean logged;

	private boolean checkScheduled;

	/**
	 * Create a limit.
	 * @param records supplies the number of unacknowledged records of the session
	 * @param share supplies the number of bytes that tracking them may take
	 */
	UnacknowledgedLimit(ShardSession session, IntSupplier records, LongSupplier share) {
		this.session = session;
		this.records = records;
		this.share = share;
	}

	/**
	 * Wait until more records may be delivered.
	 * @return completes then, or when the session has ended
	 */
	CompletableFuture<Void> waitForCapacity() {
		CompletableFuture<Void> waitForCapacity = new CompletableFuture<>();
		this.waiting = waitForCapacity;
		check();
		return waitForCapacity;
	}

	/**
	 * Records have been acknowledged.
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
			logger.warn(unacknowledged + " unacknowledged records fill this shard's part of "
					+ "the listener's buffer memory. The shard pauses until the listener acknowledges some of them: "
					+ this.session);
		}
		return full;
	}

}

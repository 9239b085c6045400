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
	static final long BYTES_OF_A_RECORD = 200;

	/** An upper bound of how late the end of the session is noticed. */
	private static final Duration LOOK_AGAIN = Duration.ofSeconds(10);

	private static final Log logger = LogFactory.getLog(Unacknowledged.class);

	private final ReentrantLock lock = new ReentrantLock();

	private final ShardSession session;

	private final IntSupplier records;

	private final LongSupplier share;

	private volatile @Nullable CompletableFuture<Void> waiting;

	private boolean announced;

	private boolean looking;

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
	CompletableFuture<Void> room() {
		CompletableFuture<Void> room = new CompletableFuture<>();
		this.waiting = room;
		look();
		return room;
	}

	/**
	 * Something has been acknowledged.
	 */
	void less() {
		if (this.waiting != null) {
			look();
		}
	}

	private void look() {
		CompletableFuture<Void> room;
		boolean again = false;
		this.lock.lock();
		try {
			room = this.waiting;
			if (room != null && isFull()) {
				room = null;
				again = !this.looking;
				this.looking = true;
			}
			else {
				this.waiting = null;
			}
		}
		finally {
			this.lock.unlock();
		}
		if (room != null) {
			room.complete(null);
		}
		if (again) {
			this.session.afterPause(LOOK_AGAIN, this::lookAgain);
		}
	}

	private void lookAgain() {
		this.lock.lock();
		try {
			this.looking = false;
		}
		finally {
			this.lock.unlock();
		}
		look();
	}

	private boolean isFull() {
		int unacknowledged = this.records.getAsInt();
		boolean full = unacknowledged * BYTES_OF_A_RECORD > this.share.getAsLong() && this.session.isActive();
		if (full && !this.announced) {
			this.announced = true;
			logger.warn(unacknowledged + " records wait for Acknowledgment.acknowledge() and fill this shard's part of "
					+ "kinesis.consumer.buffer-memory; the shard pauses until some of them are acknowledged: "
					+ this.session);
		}
		return full;
	}

}

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
 * keeping track of them takes more memory than it may. Thread-safe.
 */
final class Unacknowledged {

	/** What keeping track of a record takes on the heap. */
	static final long BYTES_OF_A_RECORD = 200;

	/** How much less memory is worth a message to the loop. */
	private static final long WORTH_TELLING = 64 << 10;

	/** An upper bound of how late the end of the session is noticed. */
	private static final Duration LOOK_AGAIN = Duration.ofSeconds(10);

	private static final Log logger = LogFactory.getLog(Unacknowledged.class);

	private final ReentrantLock lock = new ReentrantLock();

	private final ShardSession session;

	private final IntSupplier records;

	private final LongSupplier share;

	private volatile long retained;

	private volatile @Nullable CompletableFuture<Void> waiting;

	private boolean announced;

	private boolean looking;

	private boolean closed;

	/**
	 * Create it.
	 * @param records how many records of the session are not acknowledged
	 * @param share how many bytes the shard may keep
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
		if (this.waiting != null || this.retained > WORTH_TELLING) {
			look();
		}
	}

	/**
	 * The session is over.
	 */
	void close() {
		this.lock.lock();
		try {
			this.closed = true;
		}
		finally {
			this.lock.unlock();
		}
		look();
	}

	private void look() {
		CompletableFuture<Void> room = null;
		boolean again = false;
		long difference;
		this.lock.lock();
		try {
			long bytes = this.closed ? 0 : this.records.getAsInt() * BYTES_OF_A_RECORD;
			room = this.waiting;
			if (room != null && isFull(bytes)) {
				room = null;
				again = !this.looking;
				this.looking = true;
			}
			else {
				this.waiting = null;
			}
			long before = this.retained;
			boolean worthIt = bytes == 0 || room != null || Math.abs(bytes - before) > WORTH_TELLING;
			difference = worthIt ? bytes - before : 0;
			this.retained = before + difference;
		}
		finally {
			this.lock.unlock();
		}
		if (difference != 0) {
			this.session.retain(difference);
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

	private boolean isFull(long bytes) {
		boolean full = bytes > this.share.getAsLong() && this.session.isActive();
		if (full && !this.announced) {
			this.announced = true;
			logger.warn("The records that wait for Acknowledgment.acknowledge() fill this shard's part of "
					+ "kinesis.consumer.buffer-memory (" + bytes / BYTES_OF_A_RECORD
					+ " records); the shard pauses until some of them are acknowledged: " + this.session);
		}
		return full;
	}

}

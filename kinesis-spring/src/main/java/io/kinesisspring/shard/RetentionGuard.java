package io.kinesisspring.shard;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.scheduling.EventLoop;

/**
 * Decides whether records after a reader's position can have expired. The service keeps
 * each record for at least a day. The last response shows how old the next record was,
 * and so how long it is safe. After that, only reading the last record once more can
 * prove that nothing expired. Confined to the container's loop.
 */
final class RetentionGuard {

	/** The safety margin for inexact clocks: a sixth. */
	private static final int MARGIN = 6;

	private final EventLoop loop;

	private final long safe;

	private final long proofLasts;

	private long safeUntil;

	private long provenUntil;

	/**
	 * Create a guard.
	 * @param shortestRetention how long the service keeps any record at least
	 * @param proofLasts how long a response counts as a proof if the reader is so far
	 * behind that it cannot prove each one; shorter if records are kept for less than a
	 * day
	 */
	RetentionGuard(Duration shortestRetention, Duration proofLasts, EventLoop loop) {
		this.loop = loop;
		this.safe = shortestRetention.toNanos() - shortestRetention.toNanos() / MARGIN;
		this.proofLasts = Math.min(proofLasts.toNanos(),
				shortestRetention.dividedBy(Duration.ofDays(1).dividedBy(proofLasts)).toNanos());
		this.safeUntil = loop.nanoTime();
		this.provenUntil = this.safeUntil;
	}

	/**
	 * A response has arrived.
	 * @param sent when the request was sent, in nanoseconds of the loop
	 * @param proven whether it proves that nothing before it has expired; otherwise it
	 * does not extend the proof
	 * @param millisBehindLatest the maximum age of the next record; {@code null} if the
	 * service did not report it
	 */
	void onResponse(long sent, boolean proven, @Nullable Long millisBehindLatest) {
		long left = (millisBehindLatest != null) ? this.safe - Duration.ofMillis(millisBehindLatest).toNanos() : 0;
		this.safeUntil = sent + left;
		if (proven) {
			this.provenUntil = sent + this.proofLasts;
		}
	}

	/**
	 * Whether records after the position may have expired unnoticed.
	 */
	boolean isProofExpired() {
		long now = this.loop.nanoTime();
		return now - this.safeUntil >= 0 && now - this.provenUntil >= 0;
	}

}

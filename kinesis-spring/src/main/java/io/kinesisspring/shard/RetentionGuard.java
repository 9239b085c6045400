package io.kinesisspring.shard;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.scheduling.EventLoop;

/**
 * Answers whether records behind a reader's position can be gone by now: the service
 * keeps each for a day at least, so that those behind the position are safe for as much
 * of a day as they had left when the last answer came. After that only the last record
 * that was read can tell, by coming once more. Confined to the container's loop.
 */
final class RetentionGuard {

	/** What is left for clocks and pages that are not exact: a sixth. */
	private static final int MARGIN = 6;

	private final EventLoop loop;

	private final long safe;

	private final long proofLasts;

	private long safeUntil;

	private long provenUntil;

	/**
	 * Create a guard.
	 * @param shortestRetention for how long any record is kept at least
	 * @param proofLasts for how long an answer counts to a reader that is so far behind
	 * that it could not have each one proven; shorter where records are kept for less
	 * than a day
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
	 * An answer has come.
	 * @param sent when it was asked for, in nanoseconds of the loop
	 * @param proven whether it has shown that nothing before it is gone; an answer that
	 * has not does not make the proof last longer
	 * @param millisBehindLatest how old what follows it is at most; {@code null} if the
	 * service has not said so
	 */
	void onResponse(long sent, boolean proven, @Nullable Long millisBehindLatest) {
		long left = (millisBehindLatest != null) ? this.safe - Duration.ofMillis(millisBehindLatest).toNanos() : 0;
		this.safeUntil = sent + left;
		if (proven) {
			this.provenUntil = sent + this.proofLasts;
		}
	}

	/**
	 * Whether records behind the position may have been trimmed without a trace.
	 */
	boolean isProofExpired() {
		long now = this.loop.nanoTime();
		return now - this.safeUntil >= 0 && now - this.provenUntil >= 0;
	}

}

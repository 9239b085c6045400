package io.kinesisspring.embedded.store;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The most that a stream accepted in one second during the last 30 days, as a number of
 * shards that are needed for it. The days are counted in whole hours. Not thread-safe.
 */
final class WritePeak {

	/** How long the service remembers a peak. */
	static final Duration WINDOW = Duration.ofDays(30);

	private static final long SECOND = 1000;

	private static final long HOUR = Duration.ofHours(1).toMillis();

	private static final double SHARD_RECORDS = 1000;

	private static final double SHARD_BYTES = 1 << 20;

	/** Peaks of hours, from the greatest to the latest. */
	private final Deque<Peak> peaks = new ArrayDeque<>();

	private long second = Long.MIN_VALUE;

	private long records;

	private long bytes;

	/**
	 * Count a record.
	 * @param size its size
	 * @param now the current time in milliseconds since the epoch
	 */
	void add(long size, long now) {
		if (now / SECOND > this.second) {
			this.second = now / SECOND;
			this.records = 0;
			this.bytes = 0;
		}
		this.records++;
		this.bytes += size;
		double shards = Math.max(this.records / SHARD_RECORDS, this.bytes / SHARD_BYTES);
		while (!this.peaks.isEmpty() && this.peaks.getLast().shards <= shards) {
			this.peaks.removeLast();
		}
		if (this.peaks.isEmpty() || this.peaks.getLast().hour != now / HOUR) {
			this.peaks.addLast(new Peak(now / HOUR, shards));
		}
	}

	/**
	 * Return how many shards the peak fills.
	 * @param now the current time in milliseconds since the epoch
	 */
	double shards(long now) {
		while (!this.peaks.isEmpty() && now - (this.peaks.getFirst().hour + 1) * HOUR >= WINDOW.toMillis()) {
			this.peaks.removeFirst();
		}
		return this.peaks.isEmpty() ? 0 : this.peaks.getFirst().shards;
	}

	private record Peak(long hour, double shards) {
	}

}

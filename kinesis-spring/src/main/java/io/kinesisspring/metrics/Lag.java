package io.kinesisspring.metrics;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Tracks how far the oldest unprocessed record is behind the tip of its shard, by the
 * service's clock. Since the service last reported it, this host's monotonic clock adds
 * to it, so that a shard that is not read falls behind. For a shard that has caught up,
 * the lag is the time since the last read. Updated on the container's loop, read by any
 * thread.
 */
final class Lag {

	private final Queue<Point> unfinished = new ArrayDeque<>();

	private Point lastRead;

	private volatile Point counts;

	/**
	 * Create an unknown lag, which starts with 0 and grows.
	 */
	Lag(long now) {
		this.lastRead = new Point(0, now);
		this.counts = this.lastRead;
	}

	void batchRead(int records, long millisBehind, Duration span, long now) {
		this.lastRead = new Point(millisBehind, now);
		if (records > 0) {
			this.unfinished.add(new Point(millisBehind + Math.max(0, span.toMillis()), now));
		}
		decide();
	}

	void handled() {
		this.unfinished.poll();
		decide();
	}

	/**
	 * Reading restarts, and unfinished records will be read again.
	 */
	void reopened() {
		this.lastRead = this.counts;
		this.unfinished.clear();
		decide();
	}

	private void decide() {
		Point oldest = this.unfinished.peek();
		this.counts = (oldest != null) ? oldest : this.lastRead;
	}

	/**
	 * The current lag and its time.
	 */
	Point point() {
		return this.counts;
	}

	/**
	 * A lag at a moment.
	 *
	 * @param millis the lag in milliseconds
	 * @param at the moment, by the registry's monotonic clock
	 */
	record Point(long millis, long at) {

		double millisAt(Meters meters) {
			return this.millis + meters.millisSince(this.at);
		}

	}

}

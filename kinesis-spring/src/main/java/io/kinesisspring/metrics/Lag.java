package io.kinesisspring.metrics;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * How far behind the tip of its shard the oldest record is that has not been worked on,
 * by the service's clock, and by this host's monotonic one since the service last said
 * so: a shard that is not read falls behind. At a shard that is read and has caught up it
 * is what has passed since the last read. Told on the container's loop, read by any
 * thread.
 */
final class Lag {

	private final Queue<Point> unfinished = new ArrayDeque<>();

	private Point lastRead;

	private volatile Point counts;

	/**
	 * What nobody knows yet begins with 0 and grows.
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
	 * Reading begins anew: what had come and was not finished comes again.
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
	 * What to count on from.
	 */
	Point point() {
		return this.counts;
	}

	/**
	 * A lag, and when it was that.
	 *
	 * @param millis the lag
	 * @param at by the registry's monotonic clock
	 */
	record Point(long millis, long at) {

		double millisAt(Meters meters) {
			return this.millis + meters.millisSince(this.at);
		}

	}

}

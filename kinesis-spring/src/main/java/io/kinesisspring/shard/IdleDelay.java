package io.kinesisspring.shard;

import java.time.Duration;

/**
 * How long a shard that has caught up waits for its next read: the configured time, and
 * longer after empty responses if the container reads many shards. Reads without records
 * would otherwise take the processor's time from the shards that have records. Confined
 * to the container's loop.
 */
final class IdleDelay {

	/** Up to this number of shards, empty reads cost next to nothing. */
	static final int FEW_SHARDS = 64;

	/** Leaves time for the read itself, so that a record is delivered within a second. */
	private static final Duration LONGEST = Duration.ofMillis(800);

	private final ShardBuffer buffer;

	private final long configured;

	private final long first;

	/** The number of empty responses since the last record. */
	private int empty;

	/**
	 * Create the delay of one shard.
	 * @param buffer knows how many shards the container reads
	 * @param configured the configured time
	 * @param shortest the shortest time between two reads that the service allows
	 */
	IdleDelay(ShardBuffer buffer, Duration configured, Duration shortest) {
		this.buffer = buffer;
		this.configured = configured.toNanos();
		this.first = Math.max(this.configured, shortest.toNanos());
	}

	/**
	 * The time from a response at the tip of the shard to the next read.
	 * @param records whether the response has records
	 * @return the time in nanoseconds
	 */
	long afterResponse(boolean records) {
		if (records) {
			this.empty = 0;
			return this.configured;
		}
		long delay = this.first << this.empty;
		long longest = longest();
		if (delay < longest) {
			this.empty++;
		}
		return Math.min(delay, longest);
	}

	/**
	 * In proportion to the number of shards, so that the rate of empty reads stays the
	 * same until it takes a second to see a record.
	 */
	private long longest() {
		int shards = this.buffer.shards();
		if (shards <= FEW_SHARDS || this.first >= LONGEST.toNanos()) {
			return this.first;
		}
		return Math.min(LONGEST.toNanos(), this.first * shards / FEW_SHARDS);
	}

}

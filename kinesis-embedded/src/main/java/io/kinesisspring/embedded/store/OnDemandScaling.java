package io.kinesisspring.embedded.store;

import java.time.Duration;

/**
 * How streams in on-demand mode follow what is written to them. A stream has capacity for
 * twice the peak of the last 30 days: the most bytes or records that it accepted in one
 * second. A shard takes 1 MiB and 1,000 records a second.
 *
 * @param delay how long after a new peak the shards are split; from 0 to 30 days
 * @param maxShards the number of shards above which a stream does not grow; at least 1
 * @since 0.1.0
 */
public record OnDemandScaling(Duration delay, int maxShards) {

	private static final OnDemandScaling NONE = new OnDemandScaling(WritePeak.WINDOW, 1);

	private static final OnDemandScaling SERVICE = new OnDemandScaling(Duration.ofMinutes(15), 200);

	/**
	 * Create a way to scale.
	 * @throws IllegalArgumentException if the delay is out of range or there are no
	 * shards
	 */
	public OnDemandScaling {
		if (delay.isNegative() || delay.compareTo(WritePeak.WINDOW) > 0) {
			throw new IllegalArgumentException("'delay' must be from 0 to 30 days but is " + delay);
		}
		if (maxShards < 1) {
			throw new IllegalArgumentException("'maxShards' must be at least 1 but is " + maxShards);
		}
	}

	/**
	 * The number of shards stays as it is, the default.
	 * @return scaling that never happens
	 */
	public static OnDemandScaling none() {
		return NONE;
	}

	/**
	 * As the service says ("On-demand mode" in the developer guide): within 15 minutes,
	 * and up to 200 MB or 200,000 records a second, which are 200 shards.
	 * @return the service's scaling
	 */
	public static OnDemandScaling service() {
		return SERVICE;
	}

	/**
	 * The service's scaling with another delay.
	 * @param delay how long after a new peak the shards are split; zero for the next call
	 * that uses the stream
	 * @return the scaling
	 */
	public static OnDemandScaling after(Duration delay) {
		return new OnDemandScaling(delay, SERVICE.maxShards);
	}

}

package io.kinesisspring.embedded.limit;

/**
 * The throughput of each shard in a second, above which calls are throttled.
 *
 * @param writeRecords records written a second
 * @param writeBytes bytes written a second, partition keys included
 * @param reads calls of {@code GetRecords} a second
 * @param readBytes bytes read by {@code GetRecords} a second
 * @since 0.1.0
 */
public record StreamLimits(long writeRecords, long writeBytes, long reads, long readBytes) {

	private static final StreamLimits NONE = new StreamLimits(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE,
			Long.MAX_VALUE);

	private static final StreamLimits SERVICE = new StreamLimits(1000, 1 << 20, 5, 2 << 20);

	/**
	 * No limits, the default.
	 * @return limits that never throttle
	 */
	public static StreamLimits none() {
		return NONE;
	}

	/**
	 * The limits of the service ("Quotas and limits" in the developer guide): 1,000
	 * records and 1 MiB written, 5 calls and 2 MiB read.
	 * @return the service's limits
	 */
	public static StreamLimits service() {
		return SERVICE;
	}

}

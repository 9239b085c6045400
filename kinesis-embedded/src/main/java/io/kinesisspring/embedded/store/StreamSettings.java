package io.kinesisspring.embedded.store;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The settings of a stream, besides its shards.
 *
 * @param retentionHours how long records are kept
 * @param maxRecordSizeKiB how large a record may be
 * @param onDemand whether the stream is in on-demand mode
 * @param keyId the key that records are said to be encrypted with, if any
 * @param recordDistribution who decides which shard takes a record
 * @param shardLevelMetrics the names of the shard-level metrics that are enabled
 * @param resourcePolicy the policy that is attached to the stream, if any
 * @param warmThroughputMiBps the throughput that the stream is warmed for, in MiB a
 * second, or 0
 * @since 0.1.0
 */
public record StreamSettings(int retentionHours, int maxRecordSizeKiB, boolean onDemand, @Nullable String keyId,
		RecordDistributionStrategy recordDistribution, List<String> shardLevelMetrics, @Nullable String resourcePolicy,
		int warmThroughputMiBps) {

	/**
	 * The least retention, and the default: 24 hours.
	 */
	public static final int MIN_RETENTION_HOURS = 24;

	/**
	 * The longest retention: 365 days.
	 */
	public static final int MAX_RETENTION_HOURS = 8760;

	/**
	 * The least maximum record size, and the default: 1 MiB.
	 */
	public static final int MIN_RECORD_SIZE_KIB = 1024;

	/**
	 * The largest maximum record size: 10 MiB.
	 */
	public static final int MAX_RECORD_SIZE_KIB = 10240;

	/**
	 * Create settings.
	 * @throws IllegalArgumentException if a stream in provisioned mode is to distribute
	 * its records by itself
	 */
	public StreamSettings {
		shardLevelMetrics = List.copyOf(shardLevelMetrics);
		if (recordDistribution == RecordDistributionStrategy.AUTO && !onDemand) {
			throw new IllegalArgumentException(
					"'recordDistribution' is AUTO, which only streams in on-demand mode can have");
		}
	}

	/**
	 * Return the default settings, in provisioned mode.
	 * @return the defaults
	 */
	public static StreamSettings defaults() {
		return new StreamSettings(MIN_RETENTION_HOURS, MIN_RECORD_SIZE_KIB, false, null,
				RecordDistributionStrategy.USER_PARTITION_KEY, List.of(), null, 0);
	}

	/**
	 * Return the default settings of a stream that distributes its records by itself: in
	 * on-demand mode, with the strategy {@code AUTO}.
	 * @return the settings
	 */
	public static StreamSettings auto() {
		return defaults().withOnDemand(true).withRecordDistribution(RecordDistributionStrategy.AUTO);
	}

	/**
	 * Return whether the stream distributes its records by itself.
	 * @return whether the strategy is {@code AUTO}
	 */
	public boolean isAuto() {
		return this.recordDistribution == RecordDistributionStrategy.AUTO;
	}

	/**
	 * The same settings with another retention.
	 * @param hours the retention
	 * @return the settings
	 */
	public StreamSettings withRetentionHours(int hours) {
		return new StreamSettings(hours, this.maxRecordSizeKiB, this.onDemand, this.keyId, this.recordDistribution,
				this.shardLevelMetrics, this.resourcePolicy, this.warmThroughputMiBps);
	}

	/**
	 * The same settings with another maximum record size.
	 * @param size the maximum record size
	 * @return the settings
	 */
	public StreamSettings withMaxRecordSizeKiB(int size) {
		return new StreamSettings(this.retentionHours, size, this.onDemand, this.keyId, this.recordDistribution,
				this.shardLevelMetrics, this.resourcePolicy, this.warmThroughputMiBps);
	}

	/**
	 * The same settings with another mode.
	 * @param demand whether the stream is in on-demand mode
	 * @return the settings
	 */
	public StreamSettings withOnDemand(boolean demand) {
		return new StreamSettings(this.retentionHours, this.maxRecordSizeKiB, demand, this.keyId,
				this.recordDistribution, this.shardLevelMetrics, this.resourcePolicy, this.warmThroughputMiBps);
	}

	/**
	 * The same settings with another key.
	 * @param key the key, or {@code null} for none
	 * @return the settings
	 */
	public StreamSettings withKeyId(@Nullable String key) {
		return new StreamSettings(this.retentionHours, this.maxRecordSizeKiB, this.onDemand, key,
				this.recordDistribution, this.shardLevelMetrics, this.resourcePolicy, this.warmThroughputMiBps);
	}

	/**
	 * The same settings with another distribution of records.
	 * @param strategy the strategy
	 * @return the settings
	 */
	public StreamSettings withRecordDistribution(RecordDistributionStrategy strategy) {
		return new StreamSettings(this.retentionHours, this.maxRecordSizeKiB, this.onDemand, this.keyId, strategy,
				this.shardLevelMetrics, this.resourcePolicy, this.warmThroughputMiBps);
	}

	/**
	 * The same settings with other shard-level metrics.
	 * @param metrics the names of the metrics
	 * @return the settings
	 */
	public StreamSettings withShardLevelMetrics(List<String> metrics) {
		return new StreamSettings(this.retentionHours, this.maxRecordSizeKiB, this.onDemand, this.keyId,
				this.recordDistribution, metrics, this.resourcePolicy, this.warmThroughputMiBps);
	}

	/**
	 * The same settings with another resource policy.
	 * @param policy the policy, or {@code null} for none
	 * @return the settings
	 */
	public StreamSettings withResourcePolicy(@Nullable String policy) {
		return new StreamSettings(this.retentionHours, this.maxRecordSizeKiB, this.onDemand, this.keyId,
				this.recordDistribution, this.shardLevelMetrics, policy, this.warmThroughputMiBps);
	}

	/**
	 * The same settings with another warm throughput.
	 * @param throughput the throughput in MiB a second, or 0 for none
	 * @return the settings
	 */
	public StreamSettings withWarmThroughputMiBps(int throughput) {
		return new StreamSettings(this.retentionHours, this.maxRecordSizeKiB, this.onDemand, this.keyId,
				this.recordDistribution, this.shardLevelMetrics, this.resourcePolicy, throughput);
	}

}

package io.kinesisspring.admin;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;
import org.springframework.util.unit.DataSize;

import io.kinesisspring.StreamIdentifier;

/**
 * A stream that the {@link KinesisAdmin} creates if it does not exist. Declare it as a
 * bean. Immutable.
 *
 * @param name the name of the stream
 * @param shards the number of shards of a provisioned stream; {@code null} for an
 * on-demand stream
 * @param retention how long the stream keeps records, in whole hours; {@code null} for
 * the service's default of 24 hours
 * @param maxRecordSize the largest record, in whole KiB from 1 MiB to 10 MiB;
 * {@code null} for the service's default of 1 MiB
 * @param tags the tags that the stream is created with
 * @since 0.1.0
 */
public record NewStream(String name, @Nullable Integer shards, @Nullable Duration retention,
		@Nullable DataSize maxRecordSize, Map<String, String> tags) {

	/** The limits of {@code IncreaseStreamRetentionPeriod}. */
	private static final Duration MIN_RETENTION = Duration.ofHours(24);

	private static final Duration MAX_RETENTION = Duration.ofDays(365);

	/** The limits of {@code MaxRecordSizeInKiB}. */
	private static final DataSize MIN_RECORD_SIZE = DataSize.ofMegabytes(1);

	static final DataSize LARGEST_RECORD_SIZE = DataSize.ofMegabytes(10);

	public NewStream {
		StreamIdentifier stream = StreamIdentifier.of(name);
		Assert.isTrue(!stream.isArn(), () -> "'name' must be the name of a stream, and not the ARN '" + stream + "'");
		Assert.isTrue(shards == null || shards >= 1, () -> "'shards' of '" + stream + "' must be 1 or more");
		Assert.isTrue(
				retention == null || (retention.compareTo(MIN_RETENTION) >= 0 && retention.compareTo(MAX_RETENTION) <= 0
						&& retention.equals(Duration.ofHours(retention.toHours()))),
				() -> "'retention' of '" + stream + "' must be a whole number of hours from 24 hours to 365 days");
		Assert.isTrue(
				maxRecordSize == null || (maxRecordSize.compareTo(MIN_RECORD_SIZE) >= 0
						&& maxRecordSize.compareTo(LARGEST_RECORD_SIZE) <= 0
						&& maxRecordSize.equals(DataSize.ofKilobytes(maxRecordSize.toKilobytes()))),
				() -> "'maxRecordSize' of '" + stream + "' must be a whole number of KiB from 1 MiB to 10 MiB");
		tags = Map.copyOf(tags);
	}

	/**
	 * A builder of an on-demand stream with the service's defaults.
	 * @param name the name of the stream
	 * @return a builder
	 */
	public static Builder builder(String name) {
		return new Builder(name);
	}

	/**
	 * The capacity, for messages.
	 */
	String capacity() {
		return (this.shards != null) ? this.shards + ((this.shards == 1) ? " shard" : " shards") : "on-demand capacity";
	}

	/**
	 * Builds a {@link NewStream}. Not thread-safe.
	 */
	public static final class Builder {

		private final String name;

		private @Nullable Integer shards;

		private @Nullable Duration retention;

		private @Nullable DataSize maxRecordSize;

		private final Map<String, String> tags = new HashMap<>();

		private Builder(String name) {
			this.name = name;
		}

		/**
		 * Make it a provisioned stream.
		 * @param shards the number of shards, 1 or more
		 * @return this builder
		 */
		public Builder shards(int shards) {
			this.shards = shards;
			return this;
		}

		/**
		 * Make it an on-demand stream, as by default.
		 * @return this builder
		 */
		public Builder onDemand() {
			this.shards = null;
			return this;
		}

		/**
		 * Set how long the stream keeps records.
		 * @param retention whole hours, from 24 hours, the default, to 365 days
		 * @return this builder
		 */
		public Builder retention(Duration retention) {
			this.retention = retention;
			return this;
		}

		/**
		 * Set the size of the largest record, its partition key included.
		 * @param maxRecordSize whole KiB, from 1 MiB, the default, to 10 MiB
		 * @return this builder
		 */
		public Builder maxRecordSize(DataSize maxRecordSize) {
			this.maxRecordSize = maxRecordSize;
			return this;
		}

		/**
		 * Add a tag with which the stream is created.
		 * @param key the key
		 * @param value the value
		 * @return this builder
		 */
		public Builder tag(String key, String value) {
			this.tags.put(key, value);
			return this;
		}

		/**
		 * Build the stream.
		 * @return the stream
		 * @throws IllegalArgumentException if a value is out of its range
		 */
		public NewStream build() {
			return new NewStream(this.name, this.shards, this.retention, this.maxRecordSize, this.tags);
		}

	}

}

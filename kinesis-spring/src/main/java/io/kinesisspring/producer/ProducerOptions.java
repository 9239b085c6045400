package io.kinesisspring.producer;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.envelope.HeaderMode;

/**
 * The options of a {@link KinesisTemplate}. Immutable: built from the defaults or from
 * other options.
 *
 * @param defaultStream the name or the ARN of the stream for records that name none; none
 * by default
 * @param linger how long a record may wait for others to share its request; with 0, the
 * default, it waits only while another request to its stream is in progress. With
 * {@link Aggregation#SHARD} the default is 50 milliseconds
 * @param maxBatchRecords the maximum number of records in a request: 1 to 500, which is
 * the default and the service's limit (API reference, PutRecords)
 * @param maxBatchSize the maximum size of a request, keys included: 5 MB by default, up
 * to the service's limit of 10 MiB (API reference, PutRecords); a larger record has a
 * request of its own
 * @param bufferMemory the maximum memory of all records without an outcome, including
 * their keys and an estimate of the template's overhead; from 1 KB to 64 GB, 64 MB by
 * default
 * @param targetDelay how long records wait at most where senders are faster than their
 * stream: then sends wait up to a second each, instead of more records in the buffer. 50
 * milliseconds by default; with 0 only the memory is limited
 * @param maxBlock how long a send may block its caller while the buffer is full: 60
 * seconds by default; with 0 it fails at once
 * @param deliveryTimeout the time from when a record is accepted to its outcome, retries
 * included; longer than the linger, 2 minutes by default
 * @param maxInFlight the maximum number of requests in progress, for all streams
 * together: 16 by default; the client should allow as many connections
 * @param ordering which order is kept: that of each partition key by default; none if the
 * service distributes the records of a stream ({@code AUTO})
 * @param aggregation which records are aggregated: none by default, and none if the
 * service distributes the records of a stream
 * @param aggregationMaxSize the maximum size of an aggregate: 50 KB by default, which is
 * two of the 25 KB units that the service bills; at most the maximum record size of the
 * stream. A smaller {@code maxBatchSize} limits aggregates, too
 * @param headerMode how the headers of records and messages are sent: not at all by
 * default
 * @param headerPatterns which headers of messages are sent, if headers are: names that
 * may begin and end with {@code *}. A pattern with {@code !} in front excludes names. The
 * first matching pattern decides. Headers without a matching pattern are excluded. All
 * headers by default
 * @param retryInitialInterval the bound of the random wait before the first retry, which
 * doubles with each attempt: 100 milliseconds by default
 * @param retryMaxInterval the bound of the random wait before any retry: 5 seconds by
 * default
 * @param shutdownTimeout how long a stop waits for the outcomes of accepted records: 30
 * seconds by default
 * @param observer is notified about requests and records: none by default
 * @since 0.1.0
 * @see io.kinesisspring.envelope.HeaderEnvelope
 */
public record ProducerOptions(@Nullable String defaultStream, Duration linger, int maxBatchRecords,
		DataSize maxBatchSize, DataSize bufferMemory, Duration targetDelay, Duration maxBlock, Duration deliveryTimeout,
		int maxInFlight, Ordering ordering, Aggregation aggregation, DataSize aggregationMaxSize, HeaderMode headerMode,
		List<String> headerPatterns, Duration retryInitialInterval, Duration retryMaxInterval, Duration shutdownTimeout,
		SendObserver observer) {

	private static final Duration SHARD_LINGER = Duration.ofMillis(50);

	private static final long MIN_AGGREGATE_BYTES = 1024;

	public ProducerOptions {
		headerPatterns = List.copyOf(headerPatterns);
		if (defaultStream != null && defaultStream.isBlank()) {
			throw refusal("defaultStream", "must not be blank", "Name a stream, or leave it out");
		}
		wellFormed("defaultStream", defaultStream);
		notNegative("linger", linger);
		within("maxBatchRecords", maxBatchRecords, 1, ServiceLimits.REQUEST_RECORDS);
		within("maxBatchSize", maxBatchSize.toBytes(), 1, ServiceLimits.REQUEST_BYTES);
		within("aggregationMaxSize", aggregationMaxSize.toBytes(), MIN_AGGREGATE_BYTES, ServiceLimits.RECORD_BYTES);
		within("bufferMemory", bufferMemory.toBytes(), DataSize.ofKilobytes(1).toBytes(),
				DataSize.ofGigabytes(64).toBytes());
		notNegative("targetDelay", targetDelay);
		notNegative("maxBlock", maxBlock);
		if (deliveryTimeout.compareTo(linger) <= 0) {
			throw refusal("deliveryTimeout", "must be longer than {linger} (" + linger + ") but was " + deliveryTimeout,
					"Set it to the longest time that a record may wait, retries included");
		}
		within("maxInFlight", maxInFlight, 1, Integer.MAX_VALUE);
		if (retryInitialInterval.compareTo(Duration.ZERO) <= 0) {
			throw refusal("retryInitialInterval", "must be more than 0 but was " + retryInitialInterval,
					"Set it to 1ms or more");
		}
		if (retryMaxInterval.compareTo(retryInitialInterval) < 0) {
			throw refusal("retryMaxInterval", "must be at least {retryInitialInterval} (" + retryInitialInterval
					+ ") but was " + retryMaxInterval, "Raise it, or lower the other");
		}
		notNegative("shutdownTimeout", shutdownTimeout);
	}

	/**
	 * The defaults.
	 * @return options
	 */
	public static ProducerOptions defaults() {
		return builder().build();
	}

	/**
	 * A builder that starts with the defaults.
	 * @return a builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * A builder that starts with these options.
	 * @return a builder
	 */
	public Builder toBuilder() {
		return new Builder(this);
	}

	int maxAggregateBytes() {
		return (int) Math.min(this.aggregationMaxSize.toBytes(), this.maxBatchSize.toBytes());
	}

	private static void wellFormed(String option, @Nullable String stream) {
		try {
			if (stream != null) {
				StreamIdentifier.of(stream);
			}
		}
		catch (IllegalArgumentException ex) {
			throw refusal(option, "must be the name or the ARN of a stream but was '" + stream + "'",
					"Set it to a name (1 to 128 characters out of a-z A-Z 0-9 _ . -) or to an ARN "
							+ "(arn:aws:kinesis:<region>:<account>:stream/<name>)");
		}
	}

	private static void notNegative(String option, Duration value) {
		if (value.isNegative()) {
			throw refusal(option, "must not be negative but was " + value, "Set it to 0 or more");
		}
	}

	private static void within(String option, long value, long least, long most) {
		if (value < least || value > most) {
			throw refusal(option, "must be from " + least + " to " + most + " but was " + value,
					"Set it to a value in that range");
		}
	}

	private static InvalidOptionException refusal(String option, String problem, String action) {
		return new InvalidOptionException(InvalidOptionException.Group.PRODUCER, "{" + option + "} " + problem, action);
	}

	/**
	 * Which order is kept through retries.
	 */
	public enum Ordering {

		/**
		 * Records of one partition key are stored in the order in which they were
		 * accepted. The service promises no order within a request. So a record waits
		 * while another record of its key is in a request, and a single key has at most
		 * one record per round trip. This costs nothing if keys do not repeat, or for
		 * records without a partition key of their own.
		 */
		KEY,

		/**
		 * Records are stored in any order.
		 */
		NONE

	}

	/**
	 * Which records are aggregated into one, in the format of the Kinesis Producer
	 * Library.
	 */
	public enum Aggregation {

		/**
		 * Each record is sent by itself.
		 */
		NONE,

		/**
		 * Records of one partition key that wait for the same request are sent as one
		 * record of up to 50 KiB, and so are records without a partition key of their
		 * own. The order of each key is kept, whatever the value of
		 * {@link ProducerOptions#ordering()}. All readers of the stream must be able to
		 * deaggregate, as this library and the Kinesis Client Library do. It is of no use
		 * if the service manages the stream's record distribution, because it then
		 * ignores keys.
		 */
		KEY,

		/**
		 * Records whose hash keys belong to one shard are sent as one record of up to
		 * {@link ProducerOptions#aggregationMaxSize()}. Each record keeps its key, and
		 * the order of a key is kept as {@link ProducerOptions#ordering()} says. All
		 * readers of the stream must be able to deaggregate. The template needs
		 * {@code kinesis:ListShards}, and sends records one by one while it does not know
		 * the shards. If a shard is split or merged, the records that readers such as the
		 * Kinesis Client Library would drop are sent again before their futures complete.
		 */
		SHARD

	}

	/**
	 * Builds {@link ProducerOptions}. Each method sets the option of its name, which
	 * {@link ProducerOptions} describes. Not thread-safe.
	 */
	public static final class Builder {

		private @Nullable String defaultStream;

		private @Nullable Duration linger;

		private int maxBatchRecords = ServiceLimits.REQUEST_RECORDS;

		private DataSize maxBatchSize = DataSize.ofMegabytes(5);

		private DataSize bufferMemory = DataSize.ofMegabytes(64);

		private Duration targetDelay = Duration.ofMillis(50);

		private Duration maxBlock = Duration.ofSeconds(60);

		private Duration deliveryTimeout = Duration.ofMinutes(2);

		private int maxInFlight = 16;

		private Ordering ordering = Ordering.KEY;

		private Aggregation aggregation = Aggregation.NONE;

		private DataSize aggregationMaxSize = DataSize.ofKilobytes(50);

		private HeaderMode headerMode = HeaderMode.NONE;

		private List<String> headerPatterns = List.of("*");

		private Duration retryInitialInterval = Duration.ofMillis(100);

		private Duration retryMaxInterval = Duration.ofSeconds(5);

		private Duration shutdownTimeout = Duration.ofSeconds(30);

		private SendObserver observer = SendObserver.NONE;

		private Builder() {
		}

		private Builder(ProducerOptions options) {
			defaultStream(options.defaultStream).linger(options.linger)
				.maxBatchRecords(options.maxBatchRecords)
				.maxBatchSize(options.maxBatchSize)
				.bufferMemory(options.bufferMemory)
				.targetDelay(options.targetDelay)
				.maxBlock(options.maxBlock)
				.deliveryTimeout(options.deliveryTimeout)
				.maxInFlight(options.maxInFlight)
				.ordering(options.ordering)
				.aggregation(options.aggregation)
				.aggregationMaxSize(options.aggregationMaxSize)
				.headerMode(options.headerMode)
				.headerPatterns(options.headerPatterns)
				.retryInitialInterval(options.retryInitialInterval)
				.retryMaxInterval(options.retryMaxInterval)
				.shutdownTimeout(options.shutdownTimeout)
				.observer(options.observer);
		}

		public Builder defaultStream(@Nullable String defaultStream) {
			this.defaultStream = defaultStream;
			return this;
		}

		public Builder linger(@Nullable Duration linger) {
			this.linger = linger;
			return this;
		}

		public Builder maxBatchRecords(int maxBatchRecords) {
			this.maxBatchRecords = maxBatchRecords;
			return this;
		}

		public Builder maxBatchSize(DataSize maxBatchSize) {
			this.maxBatchSize = maxBatchSize;
			return this;
		}

		public Builder bufferMemory(DataSize bufferMemory) {
			this.bufferMemory = bufferMemory;
			return this;
		}

		public Builder targetDelay(Duration targetDelay) {
			this.targetDelay = targetDelay;
			return this;
		}

		public Builder maxBlock(Duration maxBlock) {
			this.maxBlock = maxBlock;
			return this;
		}

		public Builder deliveryTimeout(Duration deliveryTimeout) {
			this.deliveryTimeout = deliveryTimeout;
			return this;
		}

		public Builder maxInFlight(int maxInFlight) {
			this.maxInFlight = maxInFlight;
			return this;
		}

		public Builder ordering(Ordering ordering) {
			this.ordering = ordering;
			return this;
		}

		public Builder aggregation(Aggregation aggregation) {
			this.aggregation = aggregation;
			return this;
		}

		public Builder aggregationMaxSize(DataSize aggregationMaxSize) {
			this.aggregationMaxSize = aggregationMaxSize;
			return this;
		}

		public Builder headerMode(HeaderMode headerMode) {
			this.headerMode = headerMode;
			return this;
		}

		public Builder headerPatterns(List<String> headerPatterns) {
			this.headerPatterns = headerPatterns;
			return this;
		}

		public Builder retryInitialInterval(Duration retryInitialInterval) {
			this.retryInitialInterval = retryInitialInterval;
			return this;
		}

		public Builder retryMaxInterval(Duration retryMaxInterval) {
			this.retryMaxInterval = retryMaxInterval;
			return this;
		}

		public Builder shutdownTimeout(Duration shutdownTimeout) {
			this.shutdownTimeout = shutdownTimeout;
			return this;
		}

		public Builder observer(SendObserver observer) {
			this.observer = observer;
			return this;
		}

		private Duration lingerOrDefault() {
			if (this.linger != null) {
				return this.linger;
			}
			return (this.aggregation == Aggregation.SHARD) ? SHARD_LINGER : Duration.ZERO;
		}

		/**
		 * Build the options.
		 * @return the options
		 * @throws InvalidOptionException if a value is out of its range
		 */
		public ProducerOptions build() {
			return new ProducerOptions(this.defaultStream, lingerOrDefault(), this.maxBatchRecords, this.maxBatchSize,
					this.bufferMemory, this.targetDelay, this.maxBlock, this.deliveryTimeout, this.maxInFlight,
					this.ordering, this.aggregation, this.aggregationMaxSize, this.headerMode, this.headerPatterns,
					this.retryInitialInterval, this.retryMaxInterval, this.shutdownTimeout, this.observer);
		}

	}

}

package io.kinesisspring.producer;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.envelope.HeaderMode;

/**
 * How a {@link KinesisTemplate} gathers, retries and waits. Immutable.
 *
 * @since 0.1.0
 */
public final class ProducerOptions {

	private static final String PREFIX = "kinesis.producer.";

	private final @Nullable String defaultStream;

	private final Duration linger;

	private final int maxBatchRecords;

	private final DataSize maxBatchSize;

	private final DataSize bufferMemory;

	private final Duration maxBlock;

	private final Duration deliveryTimeout;

	private final int maxInFlight;

	private final Ordering ordering;

	private final Aggregation aggregation;

	private final HeaderMode headers;

	private final List<String> headerPatterns;

	private final Duration initialBackoff;

	private final Duration maxBackoff;

	private final Duration closeTimeout;

	private final SendObserver observer;

	private ProducerOptions(Builder builder) {
		this.defaultStream = builder.defaultStream;
		this.linger = builder.linger;
		this.maxBatchRecords = builder.maxBatchRecords;
		this.maxBatchSize = builder.maxBatchSize;
		this.bufferMemory = builder.bufferMemory;
		this.maxBlock = builder.maxBlock;
		this.deliveryTimeout = builder.deliveryTimeout;
		this.maxInFlight = builder.maxInFlight;
		this.ordering = builder.ordering;
		this.aggregation = builder.aggregation;
		this.headers = builder.headers;
		this.headerPatterns = builder.headerPatterns;
		this.initialBackoff = builder.initialBackoff;
		this.maxBackoff = builder.maxBackoff;
		this.closeTimeout = builder.closeTimeout;
		this.observer = builder.observer;
	}

	/**
	 * Options that are all at their defaults.
	 * @return the default options
	 */
	public static ProducerOptions defaults() {
		return builder().build();
	}

	/**
	 * Start with the defaults.
	 * @return a builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Start with these options.
	 * @return a builder
	 */
	public Builder toBuilder() {
		Builder builder = new Builder();
		builder.defaultStream = this.defaultStream;
		builder.linger = this.linger;
		builder.maxBatchRecords = this.maxBatchRecords;
		builder.maxBatchSize = this.maxBatchSize;
		builder.bufferMemory = this.bufferMemory;
		builder.maxBlock = this.maxBlock;
		builder.deliveryTimeout = this.deliveryTimeout;
		builder.maxInFlight = this.maxInFlight;
		builder.ordering = this.ordering;
		builder.aggregation = this.aggregation;
		builder.headers = this.headers;
		builder.headerPatterns = this.headerPatterns;
		builder.initialBackoff = this.initialBackoff;
		builder.maxBackoff = this.maxBackoff;
		builder.closeTimeout = this.closeTimeout;
		builder.observer = this.observer;
		return builder;
	}

	/**
	 * The name or the ARN of the stream for records that name none.
	 * @return the default stream, or {@code null}, which is the default
	 */
	public @Nullable String defaultStream() {
		return this.defaultStream;
	}

	/**
	 * How long a record may wait for others to share its request. With 0, the default, it
	 * waits only while another request to its stream is under way.
	 * @return the time to wait
	 */
	public Duration linger() {
		return this.linger;
	}

	/**
	 * How many records one request carries at most: 1 to 500, which is the default and
	 * the service's limit (API reference, PutRecords).
	 * @return the number of records
	 */
	public int maxBatchRecords() {
		return this.maxBatchRecords;
	}

	/**
	 * How much data one request carries at most, keys included: 5 MB by default, up to
	 * the 10 MiB that are the service's limit (API reference, PutRecords). A record that
	 * is larger goes by itself.
	 * @return the size of a request
	 */
	public DataSize maxBatchSize() {
		return this.maxBatchSize;
	}

	/**
	 * How much memory the records that have no outcome yet may take together, their keys
	 * and an estimate of what the template needs for each included: 64 MB by default.
	 * @return the size of the buffer
	 */
	public DataSize bufferMemory() {
		return this.bufferMemory;
	}

	/**
	 * How long a send may block its caller while the buffer is full: 60 seconds by
	 * default; with 0 it fails at once.
	 * @return the time to block
	 */
	public Duration maxBlock() {
		return this.maxBlock;
	}

	/**
	 * The time from when a record is accepted to its outcome, retries included: 2 minutes
	 * by default.
	 * @return the time to an outcome
	 */
	public Duration deliveryTimeout() {
		return this.deliveryTimeout;
	}

	/**
	 * How many requests may be under way at once, for all streams together: 16 by
	 * default. The client should allow as many connections.
	 * @return the number of requests
	 */
	public int maxInFlight() {
		return this.maxInFlight;
	}

	/**
	 * What order is kept: that of each partition key by default.
	 * @return the order
	 */
	public Ordering ordering() {
		return this.ordering;
	}

	/**
	 * Whether records are packed together: not by default.
	 * @return what is packed
	 */
	public Aggregation aggregation() {
		return this.aggregation;
	}

	/**
	 * Where the headers of records and messages go: nowhere by default.
	 * @return where headers go
	 * @see io.kinesisspring.envelope.HeaderEnvelope
	 */
	public HeaderMode headers() {
		return this.headers;
	}

	/**
	 * Which headers of messages go along where headers do: names that may begin and end
	 * with {@code *}, or patterns of names that do not with {@code !} in front. The first
	 * that matches decides, and what none matches stays behind. All go by default.
	 * @return the patterns
	 */
	public List<String> headerPatterns() {
		return this.headerPatterns;
	}

	/**
	 * The bound of the random wait before the first retry, which doubles with each
	 * attempt: 100 milliseconds by default.
	 * @return the first bound
	 */
	public Duration initialBackoff() {
		return this.initialBackoff;
	}

	/**
	 * The bound of the random wait before any retry: 5 seconds by default.
	 * @return the last bound
	 */
	public Duration maxBackoff() {
		return this.maxBackoff;
	}

	/**
	 * How long stopping the template waits for the outcomes of what it has accepted: 30
	 * seconds by default.
	 * @return the time to wait
	 */
	public Duration closeTimeout() {
		return this.closeTimeout;
	}

	/**
	 * What sees what becomes of requests and records: nothing by default.
	 * @return the observer
	 */
	public SendObserver observer() {
		return this.observer;
	}

	/**
	 * What order is kept through retries.
	 */
	public enum Ordering {

		/**
		 * Records of one partition key are stored in the order in which they were
		 * accepted. The service promises no order within a request, so a record whose key
		 * is on its way waits for the outcome: a single key sees no more than one record
		 * a round trip. Costs nothing where keys do not repeat, and nothing for records
		 * without a partition key of their own.
		 */
		KEY,

		/**
		 * Records are stored in any order.
		 */
		NONE

	}

	/**
	 * Which records go together as one, in the format of the Kinesis Producer Library.
	 */
	public enum Aggregation {

		/**
		 * Each record goes by itself.
		 */
		NONE,

		/**
		 * Records of one partition key that wait for the same request go as one of up to
		 * 50 KiB, and so do records without a partition key of their own. The order of
		 * each key is kept, whatever {@link ProducerOptions#ordering()} says. Whoever
		 * reads the stream must be able to take such records apart, as this library and
		 * the Kinesis Client Library do. Of no use where the stream's record distribution
		 * is managed by the service, which does not look at keys.
		 */
		KEY

	}

	/**
	 * Builds {@link ProducerOptions}. Not thread-safe.
	 */
	public static final class Builder {

		private @Nullable String defaultStream;

		private Duration linger = Duration.ZERO;

		private int maxBatchRecords = ServiceLimits.REQUEST_RECORDS;

		private DataSize maxBatchSize = DataSize.ofMegabytes(5);

		private DataSize bufferMemory = DataSize.ofMegabytes(64);

		private Duration maxBlock = Duration.ofSeconds(60);

		private Duration deliveryTimeout = Duration.ofMinutes(2);

		private int maxInFlight = 16;

		private Ordering ordering = Ordering.KEY;

		private Aggregation aggregation = Aggregation.NONE;

		private HeaderMode headers = HeaderMode.NONE;

		private List<String> headerPatterns = List.of("*");

		private Duration initialBackoff = Duration.ofMillis(100);

		private Duration maxBackoff = Duration.ofSeconds(5);

		private Duration closeTimeout = Duration.ofSeconds(30);

		private SendObserver observer = SendObserver.NONE;

		private Builder() {
		}

		/**
		 * Set {@link ProducerOptions#defaultStream()}.
		 * @param stream the name or the ARN of a stream, or {@code null}
		 * @return this builder
		 */
		public Builder defaultStream(@Nullable String stream) {
			this.defaultStream = stream;
			return this;
		}

		/**
		 * Set {@link ProducerOptions#linger()}.
		 * @param time not negative
		 * @return this builder
		 */
		public Builder linger(Duration time) {
			this.linger = time;
			return this;
		}

		/**
		 * Set {@link ProducerOptions#maxBatchRecords()}.
		 * @param records from 1 to 500
		 * @return this builder
		 */
		public Builder maxBatchRecords(int records) {
			this.maxBatchRecords = records;
			return this;
		}

		/**
		 * Set {@link ProducerOptions#maxBatchSize()}.
		 * @param size from 1 byte to 10 MiB
		 * @return this builder
		 */
		public Builder maxBatchSize(DataSize size) {
			this.maxBatchSize = size;
			return this;
		}

		/**
		 * Set {@link ProducerOptions#bufferMemory()}.
		 * @param size from 1 KB to 64 GB
		 * @return this builder
		 */
		public Builder bufferMemory(DataSize size) {
			this.bufferMemory = size;
			return this;
		}

		/**
		 * Set {@link ProducerOptions#maxBlock()}.
		 * @param time not negative
		 * @return this builder
		 */
		public Builder maxBlock(Duration time) {
			this.maxBlock = time;
			return this;
		}

		/**
		 * Set {@link ProducerOptions#deliveryTimeout()}.
		 * @param time longer than the linger
		 * @return this builder
		 */
		public Builder deliveryTimeout(Duration time) {
			this.deliveryTimeout = time;
			return this;
		}

		/**
		 * Set {@link ProducerOptions#maxInFlight()}.
		 * @param requests at least 1
		 * @return this builder
		 */
		public Builder maxInFlight(int requests) {
			this.maxInFlight = requests;
			return this;
		}

		/**
		 * Set {@link ProducerOptions#ordering()}.
		 * @param order what order to keep
		 * @return this builder
		 */
		public Builder ordering(Ordering order) {
			this.ordering = order;
			return this;
		}

		/**
		 * Set {@link ProducerOptions#aggregation()}.
		 * @param packed what to pack
		 * @return this builder
		 */
		public Builder aggregation(Aggregation packed) {
			this.aggregation = packed;
			return this;
		}

		/**
		 * Set {@link ProducerOptions#headers()}.
		 * @param mode where headers go
		 * @return this builder
		 */
		public Builder headers(HeaderMode mode) {
			this.headers = mode;
			return this;
		}

		/**
		 * Set {@link ProducerOptions#headerPatterns()}.
		 * @param patterns the patterns, of which the first that matches decides
		 * @return this builder
		 */
		public Builder headerPatterns(List<String> patterns) {
			this.headerPatterns = List.copyOf(patterns);
			return this;
		}

		/**
		 * Set {@link ProducerOptions#initialBackoff()}.
		 * @param time more than 0
		 * @return this builder
		 */
		public Builder initialBackoff(Duration time) {
			this.initialBackoff = time;
			return this;
		}

		/**
		 * Set {@link ProducerOptions#maxBackoff()}.
		 * @param time at least the initial backoff
		 * @return this builder
		 */
		public Builder maxBackoff(Duration time) {
			this.maxBackoff = time;
			return this;
		}

		/**
		 * Set {@link ProducerOptions#closeTimeout()}.
		 * @param time not negative
		 * @return this builder
		 */
		public Builder closeTimeout(Duration time) {
			this.closeTimeout = time;
			return this;
		}

		/**
		 * Set {@link ProducerOptions#observer()}.
		 * @param sees what sees what becomes of requests and records
		 * @return this builder
		 */
		public Builder observer(SendObserver sees) {
			this.observer = sees;
			return this;
		}

		/**
		 * Make the options.
		 * @return the options
		 * @throws KinesisConfigurationException if one of them is out of its bounds; the
		 * message names the property that sets it
		 */
		public ProducerOptions build() {
			if (this.defaultStream != null && this.defaultStream.isBlank()) {
				throw refusal("default-stream", "must not be blank", "Name a stream, or leave it out");
			}
			wellFormed("default-stream", this.defaultStream);
			notNegative("linger", this.linger);
			within("max-batch-records", this.maxBatchRecords, 1, ServiceLimits.REQUEST_RECORDS);
			within("max-batch-size", this.maxBatchSize.toBytes(), 1, ServiceLimits.REQUEST_BYTES);
			within("buffer-memory", this.bufferMemory.toBytes(), DataSize.ofKilobytes(1).toBytes(),
					DataSize.ofGigabytes(64).toBytes());
			notNegative("max-block", this.maxBlock);
			if (this.deliveryTimeout.compareTo(this.linger) <= 0) {
				throw refusal("delivery-timeout",
						"must be longer than " + PREFIX + "linger (" + this.linger + ") but was "
								+ this.deliveryTimeout,
						"Set it to the longest time that a record may wait, retries included");
			}
			within("max-in-flight", this.maxInFlight, 1, Integer.MAX_VALUE);
			if (this.initialBackoff.compareTo(Duration.ZERO) <= 0) {
				throw refusal("initial-backoff", "must be more than 0 but was " + this.initialBackoff,
						"Set it to 1ms or more");
			}
			if (this.maxBackoff.compareTo(this.initialBackoff) < 0) {
				throw refusal("max-backoff", "must be at least " + PREFIX + "initial-backoff (" + this.initialBackoff
						+ ") but was " + this.maxBackoff, "Raise it, or lower the other");
			}
			notNegative("close-timeout", this.closeTimeout);
			return new ProducerOptions(this);
		}

		private static void wellFormed(String property, @Nullable String stream) {
			try {
				if (stream != null) {
					StreamIdentifier.of(stream);
				}
			}
			catch (IllegalArgumentException ex) {
				throw refusal(property, "must be the name or the ARN of a stream but was '" + stream + "'",
						"Set it to a name (1 to 128 characters out of a-z A-Z 0-9 _ . -) or to an ARN "
								+ "(arn:aws:kinesis:<region>:<account>:stream/<name>)");
			}
		}

		private static void notNegative(String property, Duration value) {
			if (value.isNegative()) {
				throw refusal(property, "must not be negative but was " + value, "Set it to 0 or more");
			}
		}

		private static void within(String property, long value, long least, long most) {
			if (value < least || value > most) {
				throw refusal(property, "must be from " + least + " to " + most + " but was " + value,
						"Set it to a value in that range");
			}
		}

		private static KinesisConfigurationException refusal(String property, String problem, String action) {
			return new KinesisConfigurationException(PREFIX + property + " " + problem, action);
		}

	}

}

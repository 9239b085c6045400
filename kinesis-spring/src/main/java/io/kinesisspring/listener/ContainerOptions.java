package io.kinesisspring.listener;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.envelope.HeaderMode;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.error.ErrorHandler;
import io.kinesisspring.error.RecordRecoverer;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.lease.LeaseOptions;
import io.kinesisspring.observation.KinesisObservations;
import io.kinesisspring.shard.FanOutOptions;
import io.kinesisspring.shard.OnAccessDenied;
import io.kinesisspring.shard.OnMissingStream;
import io.kinesisspring.shard.OnStaleCheckpoint;
import io.kinesisspring.shard.OutOfRange;
import io.kinesisspring.shard.ReadMode;
import io.kinesisspring.shard.ReaderOptions;
import io.kinesisspring.shard.StreamOptions;

/**
 * The options of a container. Immutable: built from the defaults or from other options.
 *
 * @param application the namespace of leases and checkpoints; has no default
 * @param autoStartup whether the container starts with the application; default
 * {@code true}
 * @param phase the order in which containers start; they stop in the reverse order.
 * Default {@link KinesisListenerContainer#PHASE}
 * @param shutdownTimeout how long to wait at stop for deliveries in progress; default 30
 * seconds
 * @param streams what to do if streams do not exist
 * @param lease how instances share the shards
 * @param reader how shards are read
 * @param mode how records are read; default {@link ReadMode#POLLING}
 * @param fanOut how shards are read in the mode {@link ReadMode#FAN_OUT}
 * @param delivery how records are delivered
 * @param observer is notified about what happens in the container; none by default
 * @since 0.1.0
 */
public record ContainerOptions(@Nullable String application, boolean autoStartup, int phase, Duration shutdownTimeout,
		StreamOptions streams, LeaseOptions lease, ReaderOptions reader, ReadMode mode, FanOutOptions fanOut,
		DeliveryOptions delivery, ListenerObserver observer) {

	public ContainerOptions {
		if (shutdownTimeout.isNegative()) {
			throw new InvalidOptionException(InvalidOptionException.Group.CONSUMER,
					"{shutdownTimeout} is " + shutdownTimeout, "Set it to a duration of 0 or more");
		}
	}

	/**
	 * The defaults.
	 * @return options
	 */
	public static ContainerOptions defaults() {
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

	/**
	 * Builds {@link ContainerOptions}. Each method sets the option of its name, which
	 * {@link ContainerOptions}, {@link StreamOptions}, {@link LeaseOptions},
	 * {@link ReaderOptions} and {@link DeliveryOptions} describe. Not thread-safe.
	 */
	public static final class Builder {

		private @Nullable String application;

		private boolean autoStartup = true;

		private int phase = KinesisListenerContainer.PHASE;

		private Duration shutdownTimeout = Duration.ofSeconds(30);

		private OnMissingStream onMissingStream = OnMissingStream.FAIL;

		private @Nullable Integer createShards;

		private Duration failoverAfter = LeaseOptions.DEFAULT_FAILOVER_AFTER;

		private int maxLeases = Integer.MAX_VALUE;

		private InitialPosition initialPosition = InitialPosition.TRIM_HORIZON;

		private int maxRecords = ReaderOptions.MOST_RECORDS;

		private Duration idleBetweenReads = Duration.ofMillis(200);

		private DataSize bufferMemory = DataSize.ofMegabytes(64);

		private Duration checkpointInterval = Duration.ofSeconds(1);

		private OnStaleCheckpoint onStaleCheckpoint = OnStaleCheckpoint.TRIM_HORIZON;

		private OutOfRange outOfRange = OutOfRange.DELIVER;

		private OnAccessDenied onAccessDenied = OnAccessDenied.RETRY;

		private Duration stalledAfter = Duration.ofMinutes(5);

		private ReadMode mode = ReadMode.POLLING;

		private FanOutOptions fanOut = FanOutOptions.defaults();

		private AckMode ackMode = AckMode.BATCH;

		private int concurrency = 1;

		private HeaderMode headerMode = HeaderMode.NONE;

		private @Nullable RecordFilter filter;

		private List<RecordInterceptor> interceptors = List.of();

		private @Nullable Duration maxRecordAge;

		private boolean observationEnabled;

		private KinesisObservations observations = KinesisObservations.NONE;

		private ErrorHandler errorHandler = new DefaultErrorHandler();

		private @Nullable RecordRecoverer recoverer;

		private List<ShardListener> shardListeners = List.of();

		private Duration idleAfter = Duration.ofMinutes(1);

		private ListenerObserver observer = ListenerObserver.NONE;

		private Builder() {
		}

		private Builder(ContainerOptions options) {
			application(options.application).autoStartup(options.autoStartup)
				.phase(options.phase)
				.shutdownTimeout(options.shutdownTimeout)
				.onMissingStream(options.streams.onMissing())
				.createShards(options.streams.createShards())
				.failoverAfter(options.lease.failoverAfter())
				.maxLeases(options.lease.maxLeases())
				.initialPosition(options.lease.initialPosition())
				.maxRecords(options.reader.maxRecords())
				.idleBetweenReads(options.reader.idleBetweenReads())
				.bufferMemory(options.reader.bufferMemory())
				.checkpointInterval(options.reader.checkpointInterval())
				.onStaleCheckpoint(options.reader.onStaleCheckpoint())
				.outOfRange(options.reader.outOfRange())
				.onAccessDenied(options.reader.onAccessDenied())
				.stalledAfter(options.reader.stalledAfter())
				.mode(options.mode)
				.fanOut(options.fanOut)
				.ackMode(options.delivery.ackMode())
				.concurrency(options.delivery.concurrency())
				.maxRecordAge(options.delivery.maxRecordAge())
				.headerMode(options.delivery.headerMode())
				.filter(options.delivery.filter())
				.interceptors(options.delivery.interceptors())
				.observationEnabled(options.delivery.observationEnabled())
				.observations(options.delivery.observations())
				.errorHandler(options.delivery.errorHandler())
				.recoverer(options.delivery.recoverer())
				.shardListeners(options.delivery.shardListeners())
				.idleAfter(options.delivery.idleAfter())
				.observer(options.observer);
		}

		public Builder application(@Nullable String application) {
			this.application = application;
			return this;
		}

		public Builder autoStartup(boolean autoStartup) {
			this.autoStartup = autoStartup;
			return this;
		}

		public Builder phase(int phase) {
			this.phase = phase;
			return this;
		}

		public Builder shutdownTimeout(Duration shutdownTimeout) {
			this.shutdownTimeout = shutdownTimeout;
			return this;
		}

		public Builder onMissingStream(OnMissingStream onMissingStream) {
			this.onMissingStream = onMissingStream;
			return this;
		}

		public Builder createShards(@Nullable Integer createShards) {
			this.createShards = createShards;
			return this;
		}

		public Builder failoverAfter(Duration failoverAfter) {
			this.failoverAfter = failoverAfter;
			return this;
		}

		public Builder maxLeases(int maxLeases) {
			this.maxLeases = maxLeases;
			return this;
		}

		public Builder initialPosition(InitialPosition initialPosition) {
			this.initialPosition = initialPosition;
			return this;
		}

		public Builder maxRecords(int maxRecords) {
			this.maxRecords = maxRecords;
			return this;
		}

		public Builder idleBetweenReads(Duration idleBetweenReads) {
			this.idleBetweenReads = idleBetweenReads;
			return this;
		}

		public Builder bufferMemory(DataSize bufferMemory) {
			this.bufferMemory = bufferMemory;
			return this;
		}

		public Builder checkpointInterval(Duration checkpointInterval) {
			this.checkpointInterval = checkpointInterval;
			return this;
		}

		public Builder onStaleCheckpoint(OnStaleCheckpoint onStaleCheckpoint) {
			this.onStaleCheckpoint = onStaleCheckpoint;
			return this;
		}

		public Builder outOfRange(OutOfRange outOfRange) {
			this.outOfRange = outOfRange;
			return this;
		}

		public Builder onAccessDenied(OnAccessDenied onAccessDenied) {
			this.onAccessDenied = onAccessDenied;
			return this;
		}

		public Builder stalledAfter(Duration stalledAfter) {
			this.stalledAfter = stalledAfter;
			return this;
		}

		public Builder mode(ReadMode mode) {
			this.mode = mode;
			return this;
		}

		public Builder fanOut(FanOutOptions fanOut) {
			this.fanOut = fanOut;
			return this;
		}

		public Builder ackMode(AckMode ackMode) {
			this.ackMode = ackMode;
			return this;
		}

		public Builder concurrency(int concurrency) {
			this.concurrency = concurrency;
			return this;
		}

		public Builder headerMode(HeaderMode headerMode) {
			this.headerMode = headerMode;
			return this;
		}

		public Builder filter(@Nullable RecordFilter filter) {
			this.filter = filter;
			return this;
		}

		public Builder interceptors(List<RecordInterceptor> interceptors) {
			this.interceptors = interceptors;
			return this;
		}

		public Builder observationEnabled(boolean observationEnabled) {
			this.observationEnabled = observationEnabled;
			return this;
		}

		public Builder observations(KinesisObservations observations) {
			this.observations = observations;
			return this;
		}

		public Builder errorHandler(ErrorHandler errorHandler) {
			this.errorHandler = errorHandler;
			return this;
		}

		public Builder maxRecordAge(@Nullable Duration maxRecordAge) {
			this.maxRecordAge = maxRecordAge;
			return this;
		}

		public Builder recoverer(@Nullable RecordRecoverer recoverer) {
			this.recoverer = recoverer;
			return this;
		}

		public Builder shardListeners(List<ShardListener> shardListeners) {
			this.shardListeners = shardListeners;
			return this;
		}

		public Builder idleAfter(Duration idleAfter) {
			this.idleAfter = idleAfter;
			return this;
		}

		public Builder observer(ListenerObserver observer) {
			this.observer = observer;
			return this;
		}

		/**
		 * The fan-out options as they are set so far.
		 * @return the value
		 */
		public FanOutOptions fanOut() {
			return this.fanOut;
		}

		/**
		 * The interceptors as they are set so far.
		 * @return the value
		 */
		public List<RecordInterceptor> interceptors() {
			return this.interceptors;
		}

		/**
		 * Build the options.
		 * @return the options
		 * @throws InvalidOptionException if a value is out of its range
		 */
		public ContainerOptions build() {
			return new ContainerOptions(this.application, this.autoStartup, this.phase, this.shutdownTimeout,
					new StreamOptions(this.onMissingStream, this.createShards),
					new LeaseOptions(this.failoverAfter, this.maxLeases, this.initialPosition,
							this.onStaleCheckpoint == OnStaleCheckpoint.FAIL),
					new ReaderOptions(this.maxRecords, this.idleBetweenReads, this.bufferMemory,
							this.checkpointInterval, this.onStaleCheckpoint, this.outOfRange, this.onAccessDenied,
							this.stalledAfter, this.observer),
					this.mode, this.fanOut,
					new DeliveryOptions(this.ackMode, this.concurrency, this.maxRecordAge, this.headerMode, this.filter,
							this.interceptors, this.observationEnabled, this.observations, this.errorHandler,
							this.recoverer, this.shardListeners, this.idleAfter),
					this.observer);
		}

	}

}

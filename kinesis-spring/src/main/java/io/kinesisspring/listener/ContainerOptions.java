package io.kinesisspring.listener;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.envelope.HeaderMode;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.error.ErrorHandler;
import io.kinesisspring.error.OnExhausted;
import io.kinesisspring.error.RecordRecoverer;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.lease.LeaseOptions;
import io.kinesisspring.observation.KinesisObservations;
import io.kinesisspring.shard.FanOutOptions;
import io.kinesisspring.shard.MissingStream;
import io.kinesisspring.shard.OnAccessDenied;
import io.kinesisspring.shard.ReadMode;
import io.kinesisspring.shard.StaleCheckpoint;

/**
 * All that can be set about a container. Immutable: made by a builder, from the defaults
 * or from other options.
 *
 * @param application the namespace of leases and checkpoints; has no default
 * @param autoStartup whether the container starts with the application; default
 * {@code true}
 * @param initialPosition where shards without a checkpoint begin; default
 * {@code trim-horizon}
 * @param ackMode when records count as processed; default {@link AckMode#BATCH}
 * @param checkpointInterval how often a shard's checkpoint is written at most; default
 * one second
 * @param maxRecords how many records are read and delivered at once, 1 to 10,000 (the
 * limit of GetRecords); default 10,000
 * @param idleBetweenReads how long to wait after a read that caught up; default 200
 * milliseconds
 * @param bufferMemory how many bytes all shards of the container hold together; default
 * 64 MB
 * @param mode how records come; default {@link ReadMode#POLLING}
 * @param fanOut how shards are read in the mode {@link ReadMode#FAN_OUT}
 * @param staleCheckpoint what to do about a checkpoint whose record the stream no longer
 * has; default {@link StaleCheckpoint#TRIM_HORIZON}
 * @param onAccessDenied what to do while a call to Kinesis or DynamoDB is denied; default
 * {@link OnAccessDenied#RETRY}
 * @param errorHandler decides about failed deliveries; default
 * {@link DefaultErrorHandler}
 * @param concurrency how many partition keys of a shard are delivered at once, each in
 * its order; default 1: the order of the shard is kept
 * @param recoverer takes the records that the error handler gives up on; none by default
 * @param filter decides which records are delivered; all by default
 * @param interceptors stand around each call of the listener, the first outermost; none
 * by default
 * @param headers where the headers of records are looked for; default
 * {@link HeaderMode#NONE}
 * @param observations who observes each call of the listener; nobody by default
 * @param shardListeners learn which shards are read; none by default
 * @param idleAfter how long nothing must have come from a shard to call it idle; default
 * one minute
 * @param stalledAfter how long a shard must not have got on to call it stalled; default
 * five minutes
 * @param shutdownTimeout how long to wait at stop for what is being worked on; default 30
 * seconds
 * @param missingStream what to do about a stream that does not exist; default
 * {@link MissingStream#FAIL}
 * @param createShards how many shards to create a missing stream with; 0, the default,
 * creates an on-demand stream
 * @param failoverAfter how long an instance may be silent before others take its leases;
 * default ten seconds
 * @param maxLeases how many shards the container reads at most; no limit by default
 * @param observer sees what goes on in the container; none by default
 * @since 0.1.0
 */
public record ContainerOptions(@Nullable String application, boolean autoStartup, InitialPosition initialPosition,
		AckMode ackMode, Duration checkpointInterval, int maxRecords, Duration idleBetweenReads, long bufferMemory,
		ReadMode mode, FanOutOptions fanOut, StaleCheckpoint staleCheckpoint, OnAccessDenied onAccessDenied,
		ErrorHandler errorHandler, int concurrency, @Nullable RecordRecoverer recoverer, @Nullable RecordFilter filter,
		List<RecordInterceptor> interceptors, HeaderMode headers, KinesisObservations observations,
		List<ShardListener> shardListeners, Duration idleAfter, Duration stalledAfter, Duration shutdownTimeout,
		MissingStream missingStream, int createShards, Duration failoverAfter, int maxLeases,
		ListenerObserver observer) {

	private static final int MOST_RECORDS = 10_000;

	/**
	 * The defaults.
	 * @return options
	 */
	public static ContainerOptions defaults() {
		return new Builder().build();
	}

	/**
	 * A builder that begins with these options.
	 * @return a builder
	 */
	public Builder toBuilder() {
		return new Builder(this);
	}

	/**
	 * Builds {@link ContainerOptions}. Not thread-safe.
	 */
	public static final class Builder {

		private @Nullable String application;

		private boolean autoStartup = true;

		private InitialPosition initialPosition = InitialPosition.TRIM_HORIZON;

		private AckMode ackMode = AckMode.BATCH;

		private Duration checkpointInterval = Duration.ofSeconds(1);

		private int maxRecords = MOST_RECORDS;

		private Duration idleBetweenReads = Duration.ofMillis(200);

		private long bufferMemory = 64L << 20;

		private ReadMode mode = ReadMode.POLLING;

		private FanOutOptions fanOut = FanOutOptions.defaults();

		private StaleCheckpoint staleCheckpoint = StaleCheckpoint.TRIM_HORIZON;

		private OnAccessDenied onAccessDenied = OnAccessDenied.RETRY;

		private ErrorHandler errorHandler = new DefaultErrorHandler();

		private int concurrency = 1;

		private @Nullable RecordRecoverer recoverer;

		private @Nullable RecordFilter filter;

		private List<RecordInterceptor> interceptors = List.of();

		private HeaderMode headers = HeaderMode.NONE;

		private KinesisObservations observations = KinesisObservations.NONE;

		private List<ShardListener> shardListeners = List.of();

		private Duration idleAfter = Duration.ofMinutes(1);

		private Duration stalledAfter = Duration.ofMinutes(5);

		private Duration shutdownTimeout = Duration.ofSeconds(30);

		private MissingStream missingStream = MissingStream.FAIL;

		private int createShards;

		private Duration failoverAfter = LeaseOptions.DEFAULT_FAILOVER_AFTER;

		private int maxLeases = Integer.MAX_VALUE;

		private ListenerObserver observer = ListenerObserver.NONE;

		private Builder() {
		}

		private Builder(ContainerOptions options) {
			this.application = options.application;
			this.autoStartup = options.autoStartup;
			this.initialPosition = options.initialPosition;
			this.ackMode = options.ackMode;
			this.checkpointInterval = options.checkpointInterval;
			this.maxRecords = options.maxRecords;
			this.idleBetweenReads = options.idleBetweenReads;
			this.bufferMemory = options.bufferMemory;
			this.mode = options.mode;
			this.fanOut = options.fanOut;
			this.staleCheckpoint = options.staleCheckpoint;
			this.onAccessDenied = options.onAccessDenied;
			this.errorHandler = options.errorHandler;
			this.concurrency = options.concurrency;
			this.recoverer = options.recoverer;
			this.filter = options.filter;
			this.interceptors = options.interceptors;
			this.headers = options.headers;
			this.observations = options.observations;
			this.shardListeners = options.shardListeners;
			this.idleAfter = options.idleAfter;
			this.stalledAfter = options.stalledAfter;
			this.shutdownTimeout = options.shutdownTimeout;
			this.missingStream = options.missingStream;
			this.createShards = options.createShards;
			this.failoverAfter = options.failoverAfter;
			this.maxLeases = options.maxLeases;
			this.observer = options.observer;
		}

		/**
		 * Set the namespace of leases and checkpoints.
		 * @param application the value; see {@link ContainerOptions}
		 * @return this builder
		 */
		public Builder application(@Nullable String application) {
			this.application = application;
			return this;
		}

		/**
		 * Set whether the container starts with the application.
		 * @param autoStartup the value; see {@link ContainerOptions}
		 * @return this builder
		 */
		public Builder autoStartup(boolean autoStartup) {
			this.autoStartup = autoStartup;
			return this;
		}

		/**
		 * Set where shards without a checkpoint begin.
		 * @param initialPosition the value; see {@link ContainerOptions}
		 * @return this builder
		 */
		public Builder initialPosition(InitialPosition initialPosition) {
			this.initialPosition = initialPosition;
			return this;
		}

		/**
		 * Set when records count as processed.
		 * @param ackMode the value; see {@link ContainerOptions}
		 * @return this builder
		 */
		public Builder ackMode(AckMode ackMode) {
			this.ackMode = ackMode;
			return this;
		}

		/**
		 * Set how often a shard's checkpoint is written at most.
		 * @param checkpointInterval the value; see {@link ContainerOptions}
		 * @return this builder
		 */
		public Builder checkpointInterval(Duration checkpointInterval) {
			this.checkpointInterval = checkpointInterval;
			return this;
		}

		/**
		 * Set how many records are read and delivered at once.
		 * @param maxRecords the value; see {@link ContainerOptions}
		 * @return this builder
		 */
		public Builder maxRecords(int maxRecords) {
			this.maxRecords = maxRecords;
			return this;
		}

		/**
		 * Set how long to wait after a read that caught up.
		 * @param idleBetweenReads the value; see {@link ContainerOptions}
		 * @return this builder
		 */
		public Builder idleBetweenReads(Duration idleBetweenReads) {
			this.idleBetweenReads = idleBetweenReads;
			return this;
		}

		/**
		 * Set how many bytes all shards hold together.
		 * @param bufferMemory the value; see {@link ContainerOptions}
		 * @return this builder
		 */
		public Builder bufferMemory(long bufferMemory) {
			this.bufferMemory = bufferMemory;
			return this;
		}

		/**
		 * Set how records come.
		 * @param mode the value; see {@link ContainerOptions}
		 * @return this builder
		 */
		public Builder mode(ReadMode mode) {
			this.mode = mode;
			return this;
		}

		/**
		 * Set how shards are read by enhanced fan-out.
		 * @param fanOut the value; see {@link ContainerOptions}
		 * @return this builder
		 */
		public Builder fanOut(FanOutOptions fanOut) {
			this.fanOut = fanOut;
			return this;
		}

		/**
		 * How shards are read by enhanced fan-out, as it is set so far.
		 * @return the value
		 */
		public FanOutOptions fanOut() {
			return this.fanOut;
		}

		/**
		 * Set what to do about a checkpoint whose record is gone.
		 * @param staleCheckpoint the value; see {@link ContainerOptions}
		 * @return this builder
		 */
		public Builder staleCheckpoint(StaleCheckpoint staleCheckpoint) {
			this.staleCheckpoint = staleCheckpoint;
			return this;
		}

		/**
		 * Set what to do while a call to Kinesis or DynamoDB is denied.
		 * @param onAccessDenied the value; see {@link ContainerOptions}
		 * @return this builder
		 */
		public Builder onAccessDenied(OnAccessDenied onAccessDenied) {
			this.onAccessDenied = onAccessDenied;
			return this;
		}

		/**
		 * Set what decides about failed deliveries.
		 * @param errorHandler the value; see {@link ContainerOptions}
		 * @return this builder
		 */
		public Builder errorHandler(ErrorHandler errorHandler) {
			this.errorHandler = errorHandler;
			return this;
		}

		/**
		 * Set how many partition keys of a shard are delivered at once.
		 * @param concurrency the value; see {@link ContainerOptions}
		 * @return this builder
		 */
		public Builder concurrency(int concurrency) {
			this.concurrency = concurrency;
			return this;
		}

		/**
		 * Set what takes the records that the error handler gives up on.
		 * @param recoverer the value; see {@link ContainerOptions}
		 * @return this builder
		 */
		public Builder recoverer(@Nullable RecordRecoverer recoverer) {
			this.recoverer = recoverer;
			return this;
		}

		/**
		 * Set what decides which records are delivered.
		 * @param filter the value; see {@link ContainerOptions}
		 * @return this builder
		 */
		public Builder filter(@Nullable RecordFilter filter) {
			this.filter = filter;
			return this;
		}

		/**
		 * Set what stands around each call of the listener, the first outermost.
		 * @param interceptors the value; see {@link ContainerOptions}
		 * @return this builder
		 */
		public Builder interceptors(List<RecordInterceptor> interceptors) {
			this.interceptors = List.copyOf(interceptors);
			return this;
		}

		/**
		 * Set where the headers of records are looked for.
		 * @param headers the value; see {@link ContainerOptions}
		 * @return this builder
		 */
		public Builder headers(HeaderMode headers) {
			this.headers = headers;
			return this;
		}

		/**
		 * Set who observes each call of the listener.
		 * @param observations the value; see {@link ContainerOptions}
		 * @return this builder
		 */
		public Builder observations(KinesisObservations observations) {
			this.observations = observations;
			return this;
		}

		/**
		 * Set what learns which shards are read.
		 * @param shardListeners the value; see {@link ContainerOptions}
		 * @return this builder
		 */
		public Builder shardListeners(List<ShardListener> shardListeners) {
			this.shardListeners = List.copyOf(shardListeners);
			return this;
		}

		/**
		 * Set how long nothing must have come from a shard to call it idle.
		 * @param idleAfter the value; see {@link ContainerOptions}
		 * @return this builder
		 */
		public Builder idleAfter(Duration idleAfter) {
			this.idleAfter = idleAfter;
			return this;
		}

		/**
		 * Set how long a shard must not have got on to call it stalled.
		 * @param stalledAfter the value; see {@link ContainerOptions}
		 * @return this builder
		 */
		public Builder stalledAfter(Duration stalledAfter) {
			this.stalledAfter = stalledAfter;
			return this;
		}

		/**
		 * Set how long to wait at stop for what is being worked on.
		 * @param shutdownTimeout the value; see {@link ContainerOptions}
		 * @return this builder
		 */
		public Builder shutdownTimeout(Duration shutdownTimeout) {
			this.shutdownTimeout = shutdownTimeout;
			return this;
		}

		/**
		 * Set what to do about a stream that does not exist.
		 * @param missingStream the value; see {@link ContainerOptions}
		 * @return this builder
		 */
		public Builder missingStream(MissingStream missingStream) {
			this.missingStream = missingStream;
			return this;
		}

		/**
		 * Set how many shards to create a missing stream with.
		 * @param createShards the value; see {@link ContainerOptions}
		 * @return this builder
		 */
		public Builder createShards(int createShards) {
			this.createShards = createShards;
			return this;
		}

		/**
		 * Set how long an instance may be silent.
		 * @param failoverAfter the value; see {@link ContainerOptions}
		 * @return this builder
		 */
		public Builder failoverAfter(Duration failoverAfter) {
			this.failoverAfter = failoverAfter;
			return this;
		}

		/**
		 * Set how many shards the container reads at most.
		 * @param maxLeases the value; see {@link ContainerOptions}
		 * @return this builder
		 */
		public Builder maxLeases(int maxLeases) {
			this.maxLeases = maxLeases;
			return this;
		}

		/**
		 * Set what sees what goes on in the container.
		 * @param observer the value; see {@link ContainerOptions}
		 * @return this builder
		 */
		public Builder observer(ListenerObserver observer) {
			this.observer = observer;
			return this;
		}

		/**
		 * Build the options.
		 * @return the options
		 * @throws KinesisConfigurationException if a value is out of its range
		 */
		public ContainerOptions build() {
			check("max-records", this.maxRecords, this.maxRecords >= 1 && this.maxRecords <= MOST_RECORDS,
					"a number from 1 to 10000, the limit of GetRecords");
			check("checkpoint-interval", this.checkpointInterval, !this.checkpointInterval.isNegative(),
					"a duration of 0 or more");
			check("idle-between-reads", this.idleBetweenReads, !this.idleBetweenReads.isNegative(),
					"a duration of 0 or more");
			check("buffer-memory", this.bufferMemory, this.bufferMemory >= 1, "a size of 1B or more");
			check("concurrency", this.concurrency, this.concurrency >= 1, "1 or more");
			check("idle-after", this.idleAfter, this.idleAfter.toMillis() >= 1, "a duration of 1ms or more");
			check("stalled-after", this.stalledAfter, this.stalledAfter.toMillis() >= 1, "a duration of 1ms or more");
			checkDeadLetter();
			check("shutdown-timeout", this.shutdownTimeout, !this.shutdownTimeout.isNegative(),
					"a duration of 0 or more");
			return new ContainerOptions(this.application, this.autoStartup, this.initialPosition, this.ackMode,
					this.checkpointInterval, this.maxRecords, this.idleBetweenReads, this.bufferMemory, this.mode,
					this.fanOut, this.staleCheckpoint, this.onAccessDenied, this.errorHandler, this.concurrency,
					this.recoverer, this.filter, this.interceptors, this.headers, this.observations,
					this.shardListeners, this.idleAfter, this.stalledAfter, this.shutdownTimeout, this.missingStream,
					this.createShards, this.failoverAfter, this.maxLeases, this.observer);
		}

		private void checkDeadLetter() {
			if (this.recoverer == null && this.errorHandler instanceof DefaultErrorHandler handler
					&& handler.onExhausted() == OnExhausted.DEAD_LETTER) {
				throw new KinesisConfigurationException(
						"kinesis.consumer.error.on-exhausted is dead-letter, but there is nothing to take dead letters",
						"Set kinesis.consumer.error.dead-letter-stream, or declare a RecordRecoverer as a bean");
			}
		}

		private static void check(String property, Object value, boolean valid, String remedy) {
			if (!valid) {
				throw new KinesisConfigurationException("kinesis.consumer." + property + " is " + value,
						"Set it to " + remedy);
			}
		}

	}

}

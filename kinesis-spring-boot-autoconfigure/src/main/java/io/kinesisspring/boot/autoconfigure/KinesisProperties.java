package io.kinesisspring.boot.autoconfigure;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

import io.kinesisspring.envelope.HeaderMode;
import io.kinesisspring.error.OnExhausted;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.listener.AckMode;
import io.kinesisspring.producer.ProducerOptions.Aggregation;
import io.kinesisspring.producer.ProducerOptions.Ordering;
import io.kinesisspring.shard.FanOutFallback;
import io.kinesisspring.shard.MissingStream;
import io.kinesisspring.shard.OnAccessDenied;
import io.kinesisspring.shard.ReadMode;
import io.kinesisspring.shard.StaleCheckpoint;

/**
 * {@link ConfigurationProperties Configuration properties} for Kinesis.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("kinesis")
public class KinesisProperties {

	/**
	 * Name of the worker group, under which leases and checkpoints are kept.
	 */
	private @Nullable String applicationName;

	/**
	 * AWS region. If it is not set, it is found the way the AWS SDK does it.
	 */
	private @Nullable String region;

	/**
	 * URL of the Kinesis endpoint. If it is not set, it follows from the region.
	 */
	private @Nullable URI endpoint;

	/**
	 * Whether to check at start that all actions that are needed are allowed.
	 */
	private boolean preflight;

	private final Dynamodb dynamodb = new Dynamodb();

	private final Credentials credentials = new Credentials();

	private final Http http = new Http();

	private final Streams streams = new Streams();

	private final Consumer consumer = new Consumer();

	private final Lease lease = new Lease();

	private final Producer producer = new Producer();

	private final Observations observations = new Observations();

	private final Health health = new Health();

	private final Metrics metrics = new Metrics();

	/**
	 * What differs from kinesis.consumer for single listeners, by the listener's id.
	 */
	private final Map<String, Listener> listeners = new LinkedHashMap<>();

	public @Nullable String getApplicationName() {
		return this.applicationName;
	}

	public void setApplicationName(@Nullable String applicationName) {
		this.applicationName = applicationName;
	}

	public @Nullable String getRegion() {
		return this.region;
	}

	public void setRegion(@Nullable String region) {
		this.region = region;
	}

	public @Nullable URI getEndpoint() {
		return this.endpoint;
	}

	public void setEndpoint(@Nullable URI endpoint) {
		this.endpoint = endpoint;
	}

	public boolean isPreflight() {
		return this.preflight;
	}

	public void setPreflight(boolean preflight) {
		this.preflight = preflight;
	}

	public Dynamodb getDynamodb() {
		return this.dynamodb;
	}

	public Credentials getCredentials() {
		return this.credentials;
	}

	public Http getHttp() {
		return this.http;
	}

	public Streams getStreams() {
		return this.streams;
	}

	public Consumer getConsumer() {
		return this.consumer;
	}

	public Lease getLease() {
		return this.lease;
	}

	public Producer getProducer() {
		return this.producer;
	}

	public Observations getObservations() {
		return this.observations;
	}

	public Health getHealth() {
		return this.health;
	}

	public Metrics getMetrics() {
		return this.metrics;
	}

	public Map<String, Listener> getListeners() {
		return this.listeners;
	}

	/**
	 * What the health of listeners is judged by.
	 */
	public static class Health {

		/**
		 * How far behind a shard may be before its listener is called lagging.
		 */
		private Duration lagThreshold = Duration.ofMinutes(10);

		public Duration getLagThreshold() {
			return this.lagThreshold;
		}

		public void setLagThreshold(Duration lagThreshold) {
			this.lagThreshold = lagThreshold;
		}

	}

	/**
	 * What is measured.
	 */
	public static class Metrics {

		/**
		 * Whether there are meters, if there is a registry for them.
		 */
		private boolean enabled = true;

		/**
		 * Whether what is counted about reading and delivering is counted shard by shard.
		 */
		private boolean shardTag;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public boolean isShardTag() {
			return this.shardTag;
		}

		public void setShardTag(boolean shardTag) {
			this.shardTag = shardTag;
		}

	}

	/**
	 * Where the DynamoDB table of leases and checkpoints is.
	 */
	public static class Dynamodb {

		/**
		 * URL of the DynamoDB endpoint. If it is not set, it follows from the region.
		 */
		private @Nullable URI endpoint;

		public @Nullable URI getEndpoint() {
			return this.endpoint;
		}

		public void setEndpoint(@Nullable URI endpoint) {
			this.endpoint = endpoint;
		}

	}

	/**
	 * The identity under which requests are made. With none of it set, it is found the
	 * way the AWS SDK does it.
	 */
	public static class Credentials {

		/**
		 * Access key. Used as it is: the profile and the role do not count where it is
		 * set.
		 */
		private @Nullable String accessKey;

		/**
		 * Secret key that belongs to the access key.
		 */
		private @Nullable String secretKey;

		/**
		 * Session token that belongs to temporary keys.
		 */
		private @Nullable String sessionToken;

		/**
		 * Name of a profile in the AWS configuration and credentials files.
		 */
		private @Nullable String profile;

		/**
		 * ARN of a role to assume, with the identity of the profile or with what the AWS
		 * SDK finds.
		 */
		private @Nullable String roleArn;

		/**
		 * External id that the role asks for.
		 */
		private @Nullable String externalId;

		public @Nullable String getAccessKey() {
			return this.accessKey;
		}

		public void setAccessKey(@Nullable String accessKey) {
			this.accessKey = accessKey;
		}

		public @Nullable String getSecretKey() {
			return this.secretKey;
		}

		public void setSecretKey(@Nullable String secretKey) {
			this.secretKey = secretKey;
		}

		public @Nullable String getSessionToken() {
			return this.sessionToken;
		}

		public void setSessionToken(@Nullable String sessionToken) {
			this.sessionToken = sessionToken;
		}

		public @Nullable String getProfile() {
			return this.profile;
		}

		public void setProfile(@Nullable String profile) {
			this.profile = profile;
		}

		public @Nullable String getRoleArn() {
			return this.roleArn;
		}

		public void setRoleArn(@Nullable String roleArn) {
			this.roleArn = roleArn;
		}

		public @Nullable String getExternalId() {
			return this.externalId;
		}

		public void setExternalId(@Nullable String externalId) {
			this.externalId = externalId;
		}

	}

	/**
	 * How HTTP is spoken.
	 */
	public static class Http {

		/**
		 * HTTP version to speak with Kinesis.
		 */
		private Protocol protocol = Protocol.HTTP2;

		public Protocol getProtocol() {
			return this.protocol;
		}

		public void setProtocol(Protocol protocol) {
			this.protocol = protocol;
		}

		/**
		 * An HTTP version.
		 */
		public enum Protocol {

			/** HTTP/2, which the service speaks; needed for enhanced fan-out. */
			HTTP2,

			/** HTTP/1.1, for servers and proxies that know nothing else. */
			HTTP1_1

		}

	}

	/**
	 * What to do about streams at start.
	 */
	public static class Streams {

		/**
		 * What to do at start about a stream that does not exist.
		 */
		private MissingStream missing = MissingStream.FAIL;

		/**
		 * Number of shards to create a missing stream with; 0 for an on-demand stream.
		 */
		private int createShards;

		public MissingStream getMissing() {
			return this.missing;
		}

		public void setMissing(MissingStream missing) {
			this.missing = missing;
		}

		public int getCreateShards() {
			return this.createShards;
		}

		public void setCreateShards(int createShards) {
			this.createShards = createShards;
		}

	}

	/**
	 * What listeners begin with.
	 */
	public static class Consumer {

		/**
		 * Whether methods annotated with @KinesisListener are looked for and run.
		 */
		private boolean enabled = true;

		/**
		 * Whether listeners start with the application.
		 */
		private boolean autoStartup = true;

		/**
		 * How records come: asked for, or pushed by enhanced fan-out, which costs extra.
		 */
		private ReadMode mode = ReadMode.POLLING;

		private final FanOut fanOut = new FanOut();

		/**
		 * Where shards begin that have no checkpoint yet. Can be 'trim-horizon', 'latest'
		 * or an ISO-8601 instant.
		 */
		private InitialPosition initialPosition = InitialPosition.TRIM_HORIZON;

		/**
		 * When records count as processed, so that the checkpoint may follow.
		 */
		private AckMode ackMode = AckMode.BATCH;

		/**
		 * How often a shard's checkpoint is written at most.
		 */
		private Duration checkpointInterval = Duration.ofSeconds(1);

		/**
		 * How many records are read and delivered at once, 1 to 10000.
		 */
		private int maxRecords = 10000;

		/**
		 * How long to wait after a read that caught up with a shard.
		 */
		private Duration idleBetweenReads = Duration.ofMillis(200);

		/**
		 * How much data all shards of a listener hold in memory together.
		 */
		private DataSize bufferMemory = DataSize.ofMegabytes(64);

		/**
		 * What to do about a checkpoint whose record the stream no longer has.
		 */
		private StaleCheckpoint staleCheckpoint = StaleCheckpoint.TRIM_HORIZON;

		/**
		 * What a running listener does while a call to Kinesis or DynamoDB is denied: try
		 * again with growing pauses, or stop.
		 */
		private OnAccessDenied onAccessDenied = OnAccessDenied.RETRY;

		/**
		 * How many partition keys of a shard are delivered at once, each in its order.
		 * With 1 the order of the shard is kept.
		 */
		private int concurrency = 1;

		/**
		 * Where the headers of records are looked for.
		 */
		private HeaderMode headers = HeaderMode.NONE;

		/**
		 * After how long without records a shard is called idle by an event.
		 */
		private Duration idleAfter = Duration.ofMinutes(1);

		/**
		 * After how long without progress a shard is called stalled by an event.
		 */
		private Duration stalledAfter = Duration.ofMinutes(5);

		/**
		 * How long to wait at stop for what is being worked on.
		 */
		private Duration shutdownTimeout = Duration.ofSeconds(30);

		private final Error error = new Error();

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public boolean isAutoStartup() {
			return this.autoStartup;
		}

		public void setAutoStartup(boolean autoStartup) {
			this.autoStartup = autoStartup;
		}

		public ReadMode getMode() {
			return this.mode;
		}

		public void setMode(ReadMode mode) {
			this.mode = mode;
		}

		public FanOut getFanOut() {
			return this.fanOut;
		}

		public InitialPosition getInitialPosition() {
			return this.initialPosition;
		}

		public void setInitialPosition(InitialPosition initialPosition) {
			this.initialPosition = initialPosition;
		}

		public AckMode getAckMode() {
			return this.ackMode;
		}

		public void setAckMode(AckMode ackMode) {
			this.ackMode = ackMode;
		}

		public Duration getCheckpointInterval() {
			return this.checkpointInterval;
		}

		public void setCheckpointInterval(Duration checkpointInterval) {
			this.checkpointInterval = checkpointInterval;
		}

		public int getMaxRecords() {
			return this.maxRecords;
		}

		public void setMaxRecords(int maxRecords) {
			this.maxRecords = maxRecords;
		}

		public Duration getIdleBetweenReads() {
			return this.idleBetweenReads;
		}

		public void setIdleBetweenReads(Duration idleBetweenReads) {
			this.idleBetweenReads = idleBetweenReads;
		}

		public DataSize getBufferMemory() {
			return this.bufferMemory;
		}

		public void setBufferMemory(DataSize bufferMemory) {
			this.bufferMemory = bufferMemory;
		}

		public StaleCheckpoint getStaleCheckpoint() {
			return this.staleCheckpoint;
		}

		public void setStaleCheckpoint(StaleCheckpoint staleCheckpoint) {
			this.staleCheckpoint = staleCheckpoint;
		}

		public OnAccessDenied getOnAccessDenied() {
			return this.onAccessDenied;
		}

		public void setOnAccessDenied(OnAccessDenied onAccessDenied) {
			this.onAccessDenied = onAccessDenied;
		}

		public int getConcurrency() {
			return this.concurrency;
		}

		public void setConcurrency(int concurrency) {
			this.concurrency = concurrency;
		}

		public HeaderMode getHeaders() {
			return this.headers;
		}

		public void setHeaders(HeaderMode headers) {
			this.headers = headers;
		}

		public Duration getIdleAfter() {
			return this.idleAfter;
		}

		public void setIdleAfter(Duration idleAfter) {
			this.idleAfter = idleAfter;
		}

		public Duration getStalledAfter() {
			return this.stalledAfter;
		}

		public void setStalledAfter(Duration stalledAfter) {
			this.stalledAfter = stalledAfter;
		}

		public Duration getShutdownTimeout() {
			return this.shutdownTimeout;
		}

		public void setShutdownTimeout(Duration shutdownTimeout) {
			this.shutdownTimeout = shutdownTimeout;
		}

		public Error getError() {
			return this.error;
		}

		/**
		 * How records are read by enhanced fan-out.
		 */
		public static class FanOut {

			/**
			 * Name under which the application is registered with each stream. The
			 * application name if not set.
			 */
			private @Nullable String consumerName;

			/**
			 * ARN of the consumer to use instead of registering one, for listeners of a
			 * single stream.
			 */
			private @Nullable String consumerArn;

			/**
			 * Whether the last instance that stops deregisters the consumer.
			 */
			private boolean deregisterOnStop;

			/**
			 * What to do about a stream that cannot be read by fan-out.
			 */
			private FanOutFallback fallback = FanOutFallback.POLLING;

			/**
			 * How long a subscription may bring nothing, not even an empty event, before
			 * it is opened anew.
			 */
			private Duration silentAfter = Duration.ofSeconds(30);

			public @Nullable String getConsumerName() {
				return this.consumerName;
			}

			public void setConsumerName(@Nullable String consumerName) {
				this.consumerName = consumerName;
			}

			public @Nullable String getConsumerArn() {
				return this.consumerArn;
			}

			public void setConsumerArn(@Nullable String consumerArn) {
				this.consumerArn = consumerArn;
			}

			public boolean isDeregisterOnStop() {
				return this.deregisterOnStop;
			}

			public void setDeregisterOnStop(boolean deregisterOnStop) {
				this.deregisterOnStop = deregisterOnStop;
			}

			public FanOutFallback getFallback() {
				return this.fallback;
			}

			public void setFallback(FanOutFallback fallback) {
				this.fallback = fallback;
			}

			public Duration getSilentAfter() {
				return this.silentAfter;
			}

			public void setSilentAfter(Duration silentAfter) {
				this.silentAfter = silentAfter;
			}

		}

		/**
		 * What happens when a delivery fails.
		 */
		public static class Error {

			/**
			 * How often a delivery is tried before on-exhausted applies. Without end if
			 * not set.
			 */
			private @Nullable Integer maxAttempts;

			/**
			 * What to do about a record when no attempt is left, or when another one
			 * cannot help. If not set, 'dead-letter' if dead letters have somewhere to
			 * go, otherwise 'stop-shard'.
			 */
			private @Nullable OnExhausted onExhausted;

			/**
			 * Name or ARN of the stream for records that are given up on.
			 */
			private @Nullable String deadLetterStream;

			/**
			 * Pause before a failed delivery is tried for the second time.
			 */
			private Duration initialBackoff = Duration.ofMillis(200);

			/**
			 * Factor by which the pause grows from try to try.
			 */
			private double multiplier = 2;

			/**
			 * Longest pause between two tries.
			 */
			private Duration maxBackoff = Duration.ofSeconds(30);

			public @Nullable Integer getMaxAttempts() {
				return this.maxAttempts;
			}

			public void setMaxAttempts(@Nullable Integer maxAttempts) {
				this.maxAttempts = maxAttempts;
			}

			public @Nullable OnExhausted getOnExhausted() {
				return this.onExhausted;
			}

			public void setOnExhausted(@Nullable OnExhausted onExhausted) {
				this.onExhausted = onExhausted;
			}

			public @Nullable String getDeadLetterStream() {
				return this.deadLetterStream;
			}

			public void setDeadLetterStream(@Nullable String deadLetterStream) {
				this.deadLetterStream = deadLetterStream;
			}

			public Duration getInitialBackoff() {
				return this.initialBackoff;
			}

			public void setInitialBackoff(Duration initialBackoff) {
				this.initialBackoff = initialBackoff;
			}

			public double getMultiplier() {
				return this.multiplier;
			}

			public void setMultiplier(double multiplier) {
				this.multiplier = multiplier;
			}

			public Duration getMaxBackoff() {
				return this.maxBackoff;
			}

			public void setMaxBackoff(Duration maxBackoff) {
				this.maxBackoff = maxBackoff;
			}

		}

	}

	/**
	 * What differs for one listener; whatever is not set is as for all.
	 */
	public static class Listener {

		/**
		 * Whether the listener starts with the application.
		 */
		private @Nullable Boolean autoStartup;

		/**
		 * How records come: asked for, or pushed by enhanced fan-out, which costs extra.
		 */
		private @Nullable ReadMode mode;

		private final FanOut fanOut = new FanOut();

		/**
		 * Where shards begin that have no checkpoint yet. Can be 'trim-horizon', 'latest'
		 * or an ISO-8601 instant.
		 */
		private @Nullable InitialPosition initialPosition;

		/**
		 * When records count as processed, so that the checkpoint may follow.
		 */
		private @Nullable AckMode ackMode;

		/**
		 * How often a shard's checkpoint is written at most.
		 */
		private @Nullable Duration checkpointInterval;

		/**
		 * How many records are read and delivered at once, 1 to 10000.
		 */
		private @Nullable Integer maxRecords;

		/**
		 * How long to wait after a read that caught up with a shard.
		 */
		private @Nullable Duration idleBetweenReads;

		/**
		 * How much data all shards of the listener hold in memory together.
		 */
		private @Nullable DataSize bufferMemory;

		/**
		 * What to do about a checkpoint whose record the stream no longer has.
		 */
		private @Nullable StaleCheckpoint staleCheckpoint;

		/**
		 * What the listener does while a call to Kinesis or DynamoDB is denied.
		 */
		private @Nullable OnAccessDenied onAccessDenied;

		/**
		 * How many partition keys of a shard are delivered at once, each in its order.
		 * With 1 the order of the shard is kept.
		 */
		private @Nullable Integer concurrency;

		/**
		 * Where the headers of records are looked for.
		 */
		private @Nullable HeaderMode headers;

		/**
		 * After how long without records a shard is called idle by an event.
		 */
		private @Nullable Duration idleAfter;

		/**
		 * After how long without progress a shard is called stalled by an event.
		 */
		private @Nullable Duration stalledAfter;

		/**
		 * How long to wait at stop for what is being worked on.
		 */
		private @Nullable Duration shutdownTimeout;

		private final Error error = new Error();

		public @Nullable Boolean getAutoStartup() {
			return this.autoStartup;
		}

		public void setAutoStartup(@Nullable Boolean autoStartup) {
			this.autoStartup = autoStartup;
		}

		public @Nullable ReadMode getMode() {
			return this.mode;
		}

		public void setMode(@Nullable ReadMode mode) {
			this.mode = mode;
		}

		public FanOut getFanOut() {
			return this.fanOut;
		}

		public @Nullable InitialPosition getInitialPosition() {
			return this.initialPosition;
		}

		public void setInitialPosition(@Nullable InitialPosition initialPosition) {
			this.initialPosition = initialPosition;
		}

		public @Nullable AckMode getAckMode() {
			return this.ackMode;
		}

		public void setAckMode(@Nullable AckMode ackMode) {
			this.ackMode = ackMode;
		}

		public @Nullable Duration getCheckpointInterval() {
			return this.checkpointInterval;
		}

		public void setCheckpointInterval(@Nullable Duration checkpointInterval) {
			this.checkpointInterval = checkpointInterval;
		}

		public @Nullable Integer getMaxRecords() {
			return this.maxRecords;
		}

		public void setMaxRecords(@Nullable Integer maxRecords) {
			this.maxRecords = maxRecords;
		}

		public @Nullable Duration getIdleBetweenReads() {
			return this.idleBetweenReads;
		}

		public void setIdleBetweenReads(@Nullable Duration idleBetweenReads) {
			this.idleBetweenReads = idleBetweenReads;
		}

		public @Nullable DataSize getBufferMemory() {
			return this.bufferMemory;
		}

		public void setBufferMemory(@Nullable DataSize bufferMemory) {
			this.bufferMemory = bufferMemory;
		}

		public @Nullable StaleCheckpoint getStaleCheckpoint() {
			return this.staleCheckpoint;
		}

		public void setStaleCheckpoint(@Nullable StaleCheckpoint staleCheckpoint) {
			this.staleCheckpoint = staleCheckpoint;
		}

		public @Nullable OnAccessDenied getOnAccessDenied() {
			return this.onAccessDenied;
		}

		public void setOnAccessDenied(@Nullable OnAccessDenied onAccessDenied) {
			this.onAccessDenied = onAccessDenied;
		}

		public @Nullable Integer getConcurrency() {
			return this.concurrency;
		}

		public void setConcurrency(@Nullable Integer concurrency) {
			this.concurrency = concurrency;
		}

		public @Nullable HeaderMode getHeaders() {
			return this.headers;
		}

		public void setHeaders(@Nullable HeaderMode headers) {
			this.headers = headers;
		}

		public @Nullable Duration getIdleAfter() {
			return this.idleAfter;
		}

		public void setIdleAfter(@Nullable Duration idleAfter) {
			this.idleAfter = idleAfter;
		}

		public @Nullable Duration getStalledAfter() {
			return this.stalledAfter;
		}

		public void setStalledAfter(@Nullable Duration stalledAfter) {
			this.stalledAfter = stalledAfter;
		}

		public @Nullable Duration getShutdownTimeout() {
			return this.shutdownTimeout;
		}

		public void setShutdownTimeout(@Nullable Duration shutdownTimeout) {
			this.shutdownTimeout = shutdownTimeout;
		}

		public Error getError() {
			return this.error;
		}

		/**
		 * How records are read by enhanced fan-out.
		 */
		public static class FanOut {

			/**
			 * Name under which the application is registered with each stream. The
			 * application name if not set.
			 */
			private @Nullable String consumerName;

			/**
			 * ARN of the consumer to use instead of registering one, for listeners of a
			 * single stream.
			 */
			private @Nullable String consumerArn;

			/**
			 * Whether the last instance that stops deregisters the consumer.
			 */
			private @Nullable Boolean deregisterOnStop;

			/**
			 * What to do about a stream that cannot be read by fan-out.
			 */
			private @Nullable FanOutFallback fallback;

			/**
			 * How long a subscription may bring nothing, not even an empty event, before
			 * it is opened anew.
			 */
			private @Nullable Duration silentAfter;

			public @Nullable String getConsumerName() {
				return this.consumerName;
			}

			public void setConsumerName(@Nullable String consumerName) {
				this.consumerName = consumerName;
			}

			public @Nullable String getConsumerArn() {
				return this.consumerArn;
			}

			public void setConsumerArn(@Nullable String consumerArn) {
				this.consumerArn = consumerArn;
			}

			public @Nullable Boolean getDeregisterOnStop() {
				return this.deregisterOnStop;
			}

			public void setDeregisterOnStop(@Nullable Boolean deregisterOnStop) {
				this.deregisterOnStop = deregisterOnStop;
			}

			public @Nullable FanOutFallback getFallback() {
				return this.fallback;
			}

			public void setFallback(@Nullable FanOutFallback fallback) {
				this.fallback = fallback;
			}

			public @Nullable Duration getSilentAfter() {
				return this.silentAfter;
			}

			public void setSilentAfter(@Nullable Duration silentAfter) {
				this.silentAfter = silentAfter;
			}

		}

		/**
		 * What happens when a delivery fails.
		 */
		public static class Error {

			/**
			 * How often a delivery is tried before on-exhausted applies. Without end if
			 * not set.
			 */
			private @Nullable Integer maxAttempts;

			/**
			 * What to do about a record when no attempt is left, or when another one
			 * cannot help.
			 */
			private @Nullable OnExhausted onExhausted;

			/**
			 * Name or ARN of the stream for records that are given up on.
			 */
			private @Nullable String deadLetterStream;

			/**
			 * Pause before a failed delivery is tried for the second time.
			 */
			private @Nullable Duration initialBackoff;

			/**
			 * Factor by which the pause grows from try to try.
			 */
			private @Nullable Double multiplier;

			/**
			 * Longest pause between two tries.
			 */
			private @Nullable Duration maxBackoff;

			public @Nullable Integer getMaxAttempts() {
				return this.maxAttempts;
			}

			public void setMaxAttempts(@Nullable Integer maxAttempts) {
				this.maxAttempts = maxAttempts;
			}

			public @Nullable OnExhausted getOnExhausted() {
				return this.onExhausted;
			}

			public void setOnExhausted(@Nullable OnExhausted onExhausted) {
				this.onExhausted = onExhausted;
			}

			public @Nullable String getDeadLetterStream() {
				return this.deadLetterStream;
			}

			public void setDeadLetterStream(@Nullable String deadLetterStream) {
				this.deadLetterStream = deadLetterStream;
			}

			public @Nullable Duration getInitialBackoff() {
				return this.initialBackoff;
			}

			public void setInitialBackoff(@Nullable Duration initialBackoff) {
				this.initialBackoff = initialBackoff;
			}

			public @Nullable Double getMultiplier() {
				return this.multiplier;
			}

			public void setMultiplier(@Nullable Double multiplier) {
				this.multiplier = multiplier;
			}

			public @Nullable Duration getMaxBackoff() {
				return this.maxBackoff;
			}

			public void setMaxBackoff(@Nullable Duration maxBackoff) {
				this.maxBackoff = maxBackoff;
			}

		}

	}

	/**
	 * How instances share the shards.
	 */
	public static class Lease {

		/**
		 * Where leases and checkpoints are kept: dynamodb, memory, none, or the name of a
		 * store that another library brings.
		 */
		private String store = "dynamodb";

		/**
		 * Name of the DynamoDB table. Each application needs a table of its own.
		 */
		private @Nullable String tableName;

		/**
		 * Names of the tables of single applications, by the application's name. They
		 * have precedence over table-name.
		 */
		private final Map<String, String> tableNames = new LinkedHashMap<>();

		/**
		 * Name of the table's HASH key, a string.
		 */
		private String keyAttribute = "shard";

		/**
		 * Whether to create the table if it does not exist, with on-demand billing.
		 */
		private boolean createTable = true;

		/**
		 * How long an instance may be silent before others take its leases.
		 */
		private Duration failoverAfter = Duration.ofSeconds(10);

		/**
		 * How many shards a listener reads at most in this instance.
		 */
		private @Nullable Integer maxLeases;

		/**
		 * Tables of other libraries whose checkpoints are taken over, once, before the
		 * first record is read.
		 */
		private List<Import> imports = new ArrayList<>();

		public String getStore() {
			return this.store;
		}

		public void setStore(String store) {
			this.store = store;
		}

		public @Nullable String getTableName() {
			return this.tableName;
		}

		public void setTableName(@Nullable String tableName) {
			this.tableName = tableName;
		}

		public Map<String, String> getTableNames() {
			return this.tableNames;
		}

		public String getKeyAttribute() {
			return this.keyAttribute;
		}

		public void setKeyAttribute(String keyAttribute) {
			this.keyAttribute = keyAttribute;
		}

		public boolean isCreateTable() {
			return this.createTable;
		}

		public void setCreateTable(boolean createTable) {
			this.createTable = createTable;
		}

		public Duration getFailoverAfter() {
			return this.failoverAfter;
		}

		public void setFailoverAfter(Duration failoverAfter) {
			this.failoverAfter = failoverAfter;
		}

		public @Nullable Integer getMaxLeases() {
			return this.maxLeases;
		}

		public void setMaxLeases(@Nullable Integer maxLeases) {
			this.maxLeases = maxLeases;
		}

		public List<Import> getImports() {
			return this.imports;
		}

		public void setImports(List<Import> imports) {
			this.imports = imports;
		}

		/**
		 * A table of another library: of the KCL, or a metadata store of Spring
		 * Integration.
		 */
		public static class Import {

			/**
			 * Name or ARN of the table.
			 */
			private @Nullable String tableName;

			/**
			 * Name of the stream whose checkpoints are taken over: needed for a KCL table
			 * of a single stream. All streams that the table names if not set.
			 */
			private @Nullable String stream;

			/**
			 * Group whose checkpoints are taken over from a metadata store. The
			 * application if not set.
			 */
			private @Nullable String consumerGroup;

			/**
			 * Application that takes them over. The value of kinesis.application-name if
			 * not set.
			 */
			private @Nullable String application;

			public @Nullable String getTableName() {
				return this.tableName;
			}

			public void setTableName(@Nullable String tableName) {
				this.tableName = tableName;
			}

			public @Nullable String getStream() {
				return this.stream;
			}

			public void setStream(@Nullable String stream) {
				this.stream = stream;
			}

			public @Nullable String getConsumerGroup() {
				return this.consumerGroup;
			}

			public void setConsumerGroup(@Nullable String consumerGroup) {
				this.consumerGroup = consumerGroup;
			}

			public @Nullable String getApplication() {
				return this.application;
			}

			public void setApplication(@Nullable String application) {
				this.application = application;
			}

		}

	}

	/**
	 * How records are sent.
	 */
	public static class Producer {

		/**
		 * Name or ARN of the stream for records that name none.
		 */
		private @Nullable String defaultStream;

		/**
		 * How long a record may wait for others to share its request. With 0 it waits
		 * only while another request to its stream is under way.
		 */
		private Duration linger = Duration.ZERO;

		/**
		 * How many records a request carries at most, 1 to 500.
		 */
		private int maxBatchRecords = 500;

		/**
		 * How much data a request carries at most, keys included, up to 10MB.
		 */
		private DataSize maxBatchSize = DataSize.ofMegabytes(5);

		/**
		 * How much memory the records that have no outcome yet may take together.
		 */
		private DataSize bufferMemory = DataSize.ofMegabytes(64);

		/**
		 * How long a send may block its caller while the buffer is full.
		 */
		private Duration maxBlock = Duration.ofSeconds(60);

		/**
		 * Time from when a record is accepted to its outcome, retries included.
		 */
		private Duration deliveryTimeout = Duration.ofMinutes(2);

		/**
		 * How many requests may be under way at once, for all streams together.
		 */
		private int maxInFlight = 16;

		/**
		 * What order is kept through retries.
		 */
		private Ordering ordering = Ordering.KEY;

		/**
		 * What is packed together into aggregated records, in the KPL's format.
		 */
		private Aggregation aggregation = Aggregation.NONE;

		/**
		 * Where the headers of records and messages go.
		 */
		private HeaderMode headers = HeaderMode.NONE;

		/**
		 * Which headers of messages go along: names that may begin and end with '*',
		 * those that stay behind with '!' in front. The first that matches decides.
		 */
		private List<String> headerPatterns = List.of("*");

		/**
		 * Bound of the random wait before the first retry, which doubles with each
		 * attempt.
		 */
		private Duration initialBackoff = Duration.ofMillis(100);

		/**
		 * Bound of the random wait before any retry.
		 */
		private Duration maxBackoff = Duration.ofSeconds(5);

		/**
		 * How long stopping waits for the outcomes of what has been accepted.
		 */
		private Duration closeTimeout = Duration.ofSeconds(30);

		public @Nullable String getDefaultStream() {
			return this.defaultStream;
		}

		public void setDefaultStream(@Nullable String defaultStream) {
			this.defaultStream = defaultStream;
		}

		public Duration getLinger() {
			return this.linger;
		}

		public void setLinger(Duration linger) {
			this.linger = linger;
		}

		public int getMaxBatchRecords() {
			return this.maxBatchRecords;
		}

		public void setMaxBatchRecords(int maxBatchRecords) {
			this.maxBatchRecords = maxBatchRecords;
		}

		public DataSize getMaxBatchSize() {
			return this.maxBatchSize;
		}

		public void setMaxBatchSize(DataSize maxBatchSize) {
			this.maxBatchSize = maxBatchSize;
		}

		public DataSize getBufferMemory() {
			return this.bufferMemory;
		}

		public void setBufferMemory(DataSize bufferMemory) {
			this.bufferMemory = bufferMemory;
		}

		public Duration getMaxBlock() {
			return this.maxBlock;
		}

		public void setMaxBlock(Duration maxBlock) {
			this.maxBlock = maxBlock;
		}

		public Duration getDeliveryTimeout() {
			return this.deliveryTimeout;
		}

		public void setDeliveryTimeout(Duration deliveryTimeout) {
			this.deliveryTimeout = deliveryTimeout;
		}

		public int getMaxInFlight() {
			return this.maxInFlight;
		}

		public void setMaxInFlight(int maxInFlight) {
			this.maxInFlight = maxInFlight;
		}

		public Ordering getOrdering() {
			return this.ordering;
		}

		public void setOrdering(Ordering ordering) {
			this.ordering = ordering;
		}

		public Aggregation getAggregation() {
			return this.aggregation;
		}

		public void setAggregation(Aggregation aggregation) {
			this.aggregation = aggregation;
		}

		public HeaderMode getHeaders() {
			return this.headers;
		}

		public void setHeaders(HeaderMode headers) {
			this.headers = headers;
		}

		public List<String> getHeaderPatterns() {
			return this.headerPatterns;
		}

		public void setHeaderPatterns(List<String> headerPatterns) {
			this.headerPatterns = headerPatterns;
		}

		public Duration getInitialBackoff() {
			return this.initialBackoff;
		}

		public void setInitialBackoff(Duration initialBackoff) {
			this.initialBackoff = initialBackoff;
		}

		public Duration getMaxBackoff() {
			return this.maxBackoff;
		}

		public void setMaxBackoff(Duration maxBackoff) {
			this.maxBackoff = maxBackoff;
		}

		public Duration getCloseTimeout() {
			return this.closeTimeout;
		}

		public void setCloseTimeout(Duration closeTimeout) {
			this.closeTimeout = closeTimeout;
		}

	}

	/**
	 * Observing sends and the calls of listeners.
	 */
	public static class Observations {

		/**
		 * Whether sends and the calls of listeners are observed where there is an
		 * ObservationRegistry, one by one.
		 */
		private boolean enabled;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

	}

}

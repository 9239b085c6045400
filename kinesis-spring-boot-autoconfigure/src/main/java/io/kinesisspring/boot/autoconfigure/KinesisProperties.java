package io.kinesisspring.boot.autoconfigure;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

import io.kinesisspring.envelope.HeaderMode;
import io.kinesisspring.error.OnExhausted;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.lease.dynamodb.TableOptions.BillingMode;
import io.kinesisspring.lease.dynamodb.TableOptions.TableClass;
import io.kinesisspring.listener.AckMode;
import io.kinesisspring.producer.ProducerOptions.Aggregation;
import io.kinesisspring.producer.ProducerOptions.Ordering;
import io.kinesisspring.shard.FanOutFallback;
import io.kinesisspring.shard.OnAccessDenied;
import io.kinesisspring.shard.OnMissingStream;
import io.kinesisspring.shard.OnStaleCheckpoint;
import io.kinesisspring.shard.OutOfRange;
import io.kinesisspring.shard.ReadMode;

/**
 * {@link ConfigurationProperties Configuration properties} for Kinesis. Immutable.
 *
 * @param applicationName Name of the consumer group, like Kafka's 'group.id': instances
 * with the same name share the shards. Leases and checkpoints are kept under it.
 * @param region AWS region. If not set, the AWS SDK's default region provider finds it.
 * @param endpoint URL of the Kinesis endpoint. If not set, it follows from the region.
 * @param fips Whether the clients use the region's FIPS endpoints. If not set, the AWS
 * SDK's setting applies.
 * @param dualStack Whether the clients use the region's endpoints with IPv4 and IPv6. If
 * not set, the AWS SDK's setting applies.
 * @param preflight The check of permissions at start.
 * @param dynamodb The DynamoDB endpoint.
 * @param credentials The identity under which requests are made. If nothing is set, the
 * AWS SDK's default credentials provider finds it.
 * @param http How HTTP is spoken.
 * @param streams What to do about streams at start.
 * @param admin How the streams that the application declares are created.
 * @param consumer The defaults of all listeners.
 * @param lease How instances share the shards.
 * @param producer How records are sent.
 * @param health How the health of listeners is determined.
 * @param metrics What is measured.
 * @param listeners Properties of single listeners, by the listener's id. They override
 * kinesis.consumer and the annotation.
 * @since 0.1.0
 */
@ConfigurationProperties("kinesis")
public record KinesisProperties(@Nullable String applicationName, @Nullable String region, @Nullable URI endpoint,
		@Nullable Boolean fips, @Nullable Boolean dualStack, @DefaultValue Preflight preflight,
		@DefaultValue Dynamodb dynamodb, @DefaultValue Credentials credentials, @DefaultValue Http http,
		@DefaultValue Streams streams, @DefaultValue Admin admin, @DefaultValue Listener consumer,
		@DefaultValue Lease lease, @DefaultValue Producer producer, @DefaultValue Health health,
		@DefaultValue Metrics metrics, @DefaultValue Map<String, Listener> listeners) {

	/**
	 * How the health of listeners is determined.
	 *
	 * @param lagThreshold Lag above which a shard makes its listener's health LAGGING.
	 */
	public record Health(@DefaultValue("10m") Duration lagThreshold) {

	}

	/**
	 * What is measured.
	 *
	 * @param includeShardTag Whether meters about reading and delivering have a tag for
	 * the shard.
	 * @param sdkEnabled Whether to register meters of what the AWS SDK measures in the
	 * clients for Kinesis, DynamoDB and STS.
	 */
	public record Metrics(boolean includeShardTag, boolean sdkEnabled) {

	}

	/**
	 * The check of permissions at start.
	 *
	 * @param enabled Whether to check at start that all IAM actions the configuration
	 * needs are allowed.
	 */
	public record Preflight(boolean enabled) {

	}

	/**
	 * The DynamoDB endpoint.
	 *
	 * @param endpoint URL of the DynamoDB endpoint. If not set, it follows from the
	 * region.
	 */
	public record Dynamodb(@Nullable URI endpoint) {

	}

	/**
	 * The identity under which requests are made.
	 *
	 * @param accessKey Access key. If set, 'profile' and 'role-arn' are ignored.
	 * @param secretKey Secret key of the access key.
	 * @param sessionToken Session token of temporary keys.
	 * @param profile Name of a profile in the AWS configuration and credentials files.
	 * @param roleArn ARN of a role to assume, with the credentials of the profile or with
	 * those that the AWS SDK finds.
	 * @param externalId External id that the role requires.
	 * @param sessionName Name of the role's session, as CloudTrail shows it. If not set,
	 * 'kinesis-spring-boot'.
	 */
	public record Credentials(@Nullable String accessKey, @Nullable String secretKey, @Nullable String sessionToken,
			@Nullable String profile, @Nullable String roleArn, @Nullable String externalId,
			@Nullable String sessionName) {

		/**
		 * Hides the secrets, because a record would print them.
		 */
		@Override
		public String toString() {
			return "Credentials[profile=" + this.profile + ", roleArn=" + this.roleArn + ", accessKey is "
					+ ((this.accessKey != null) ? "set" : "not set") + "]";
		}

	}

	/**
	 * How HTTP is spoken.
	 *
	 * @param protocol HTTP version of the connections to Kinesis.
	 * @param connectTimeout Maximum time to establish a connection.
	 * @param apiCallTimeout Maximum time of a call to Kinesis, including the second
	 * attempt of the AWS SDK. An attempt can take four ninths of it. Calls for leases and
	 * credentials have shorter timeouts of their own. Subscriptions of enhanced fan-out
	 * have no timeout.
	 * @param maxConcurrency Maximum number of requests to Kinesis in progress. It must be
	 * above 'kinesis.producer.max-in-flight', and each shard that is read needs one more.
	 * Subscriptions of enhanced fan-out do not count. If not set, there is no limit.
	 * @param fastPath Whether to encode and decode records without the AWS SDK, which
	 * copies them several times.
	 * @param proxy The proxy between the application and AWS.
	 */
	public record Http(@DefaultValue("http2") Protocol protocol, @DefaultValue("2s") Duration connectTimeout,
			@DefaultValue("45s") Duration apiCallTimeout, @Nullable Integer maxConcurrency,
			@DefaultValue("true") boolean fastPath, @DefaultValue Proxy proxy) {

		/**
		 * The proxy between the application and AWS.
		 *
		 * @param host Host name of the proxy. If not set, the AWS SDK reads the settings
		 * of the JVM and of the environment.
		 * @param port Port of the proxy.
		 * @param scheme Protocol that the proxy speaks with the application.
		 * @param username User at the proxy.
		 * @param password Password of the user.
		 * @param nonProxyHosts Host names that are connected directly. They can contain
		 * '*'.
		 */
		public record Proxy(@Nullable String host, @Nullable Integer port, @DefaultValue("http") Scheme scheme,
				@Nullable String username, @Nullable String password, @DefaultValue List<String> nonProxyHosts) {

			/**
			 * Hides the password, because a record would print it.
			 */
			@Override
			public String toString() {
				return "Proxy[host=" + this.host + ", port=" + this.port + ", scheme=" + this.scheme + "]";
			}

			/**
			 * A protocol.
			 */
			public enum Scheme {

				/** HTTP. */
				HTTP,

				/** HTTP over TLS. */
				HTTPS

			}

		}

		/**
		 * An HTTP version.
		 */
		public enum Protocol {

			/** HTTP/2, which enhanced fan-out needs. */
			HTTP2,

			/** HTTP/1.1, for servers and proxies that do not support HTTP/2. */
			HTTP1_1

		}

	}

	/**
	 * How the streams that the application declares as NewStream beans are created.
	 *
	 * @param autoCreate Whether to create them at start if they do not exist.
	 * @param modifyStreams Whether to modify existing streams that differ: their mode,
	 * number of shards and maximum record size, and a retention that is too short.
	 * @param operationTimeout How long the start waits until a stream is active.
	 */
	public record Admin(@DefaultValue("true") boolean autoCreate, boolean modifyStreams,
			@DefaultValue("2m") Duration operationTimeout) {

	}

	/**
	 * What to do about streams at start.
	 *
	 * @param onMissing What to do at start about a stream that does not exist.
	 * @param create How missing streams are created.
	 */
	public record Streams(@DefaultValue("fail") OnMissingStream onMissing, @DefaultValue Create create) {

		/**
		 * How missing streams are created.
		 *
		 * @param mode Capacity mode of a stream that is created. If not set,
		 * 'provisioned' if 'shards' is set, otherwise 'on-demand'.
		 * @param shards Number of shards of a provisioned stream that is created.
		 */
		public record Create(@Nullable Mode mode, @Nullable Integer shards) {

			/**
			 * A capacity mode.
			 */
			public enum Mode {

				/** A fixed number of shards. */
				PROVISIONED,

				/** As many shards as the service finds necessary. */
				ON_DEMAND

			}

		}

	}

	/**
	 * How a listener reads and delivers records. What is not set is as
	 * {@code kinesis.consumer} says, or else as
	 * {@link io.kinesisspring.listener.ContainerOptions} does.
	 *
	 * @param autoStartup Whether listeners start with the application.
	 * @param phase Order in which listeners start and, in reverse, stop. They must stop
	 * before what they use.
	 * @param mode How records are read: by polling, or by enhanced fan-out, which costs
	 * extra.
	 * @param fanOut How records are read by enhanced fan-out.
	 * @param initialPosition Where to start reading shards that have no checkpoint. Can
	 * be 'trim-horizon', 'latest', an ISO-8601 instant, or a duration back such as '1h'.
	 * @param ackMode When records count as processed.
	 * @param checkpointInterval Minimum time between two writes of a shard's checkpoint;
	 * longer in proportion if more than 100 shards are read.
	 * @param maxRecords Maximum number of records to read and deliver at once, 1 to
	 * 10000.
	 * @param idleBetweenReads Time to wait after a read that caught up with a shard.
	 * @param bufferMemory Maximum amount of data that all shards of a listener hold in
	 * memory together.
	 * @param onStaleCheckpoint What to do about a checkpoint whose record the stream no
	 * longer has.
	 * @param outOfRange What to do with records of aggregates whose hash keys belong to
	 * other shards than the one that they are read from: deliver, or drop.
	 * @param onAccessDenied What a running listener does while a call to Kinesis or
	 * DynamoDB is denied: retry with back-off, or stop.
	 * @param concurrency Number of partition keys of a shard that are delivered
	 * concurrently, each in order. Records without a key are independent of each other.
	 * With 1, the order of the shard is kept.
	 * @param maxRecordAge Age at which records are no longer delivered. They go to the
	 * dead-letter stream if 'error.on-exhausted' says so, and are skipped otherwise. If
	 * not set, records of any age are delivered.
	 * @param headerMode Where the headers of records are read from.
	 * @param observationEnabled Whether to observe each call of a listener if there is an
	 * ObservationRegistry.
	 * @param idleAfter Time without records after which 'ShardIdle' is published.
	 * @param stalledAfter Time without progress after which 'ShardStalled' is published.
	 * @param shutdownTimeout Maximum time to wait at stop for deliveries in progress.
	 * @param retry How failed deliveries are retried.
	 * @param error What happens to records that could not be processed.
	 */
	public record Listener(@Nullable Boolean autoStartup, @Nullable Integer phase, @Nullable ReadMode mode,
			@DefaultValue FanOut fanOut, @Nullable InitialPosition initialPosition, @Nullable AckMode ackMode,
			@Nullable Duration checkpointInterval, @Nullable Integer maxRecords, @Nullable Duration idleBetweenReads,
			@Nullable DataSize bufferMemory, @Nullable OnStaleCheckpoint onStaleCheckpoint,
			@Nullable OutOfRange outOfRange, @Nullable OnAccessDenied onAccessDenied, @Nullable Integer concurrency,
			@Nullable Duration maxRecordAge, @Nullable HeaderMode headerMode, @Nullable Boolean observationEnabled,
			@Nullable Duration idleAfter, @Nullable Duration stalledAfter, @Nullable Duration shutdownTimeout,
			@DefaultValue Retry retry, @DefaultValue Error error) {

	}

	/**
	 * How records are read by enhanced fan-out.
	 *
	 * @param consumerName Name under which the application is registered with each
	 * stream. If not set, the application name.
	 * @param consumerArn ARN of the consumer to use instead of registering one, for
	 * listeners of a single stream.
	 * @param deregisterOnStop Whether the last instance that stops deregisters the
	 * consumer.
	 * @param fallback What to do about a stream that cannot be read by fan-out.
	 * @param silentAfter Time without any event, even an empty one, after which a
	 * subscription is renewed.
	 */
	public record FanOut(@Nullable String consumerName, @Nullable String consumerArn,
			@Nullable Boolean deregisterOnStop, @Nullable FanOutFallback fallback, @Nullable Duration silentAfter) {

	}

	/**
	 * How failed deliveries are retried.
	 *
	 * @param maxAttempts Maximum number of delivery attempts before 'error.on-exhausted'
	 * applies. If not set, there is no limit.
	 * @param initialInterval Back-off before the second attempt.
	 * @param multiplier Factor by which the back-off grows with each attempt.
	 * @param maxInterval Maximum back-off between two attempts.
	 * @param notRetryable Class names of exceptions that are not retried, as such, as
	 * subclasses, or as causes of others.
	 */
	public record Retry(@Nullable Integer maxAttempts, @Nullable Duration initialInterval, @Nullable Double multiplier,
			@Nullable Duration maxInterval, @Nullable List<String> notRetryable) {

	}

	/**
	 * What happens to records that could not be processed.
	 *
	 * @param onExhausted What to do about a record when no attempt is left, or when a
	 * retry cannot help. If not set, 'dead-letter' if there is a dead-letter stream,
	 * queue, topic or bucket, a RecordRecoverer or a DeadLetterDestinationResolver,
	 * otherwise 'stop-shard'.
	 * @param deadLetterStream Name or ARN of the stream for records that could not be
	 * processed. If not set, the name of the record's stream with the suffix '-dlt'.
	 * @param deadLetterQueue Name, ARN or URL of an SQS queue for records that could not
	 * be processed. Needs the AWS SDK's module 'sqs'.
	 * @param deadLetterTopic ARN of an SNS topic for records that could not be processed.
	 * Needs the AWS SDK's module 'sns'.
	 * @param deadLetterBucket Name of an S3 bucket for records that could not be
	 * processed, or the name, a slash and a prefix of the keys. Needs the AWS SDK's
	 * module 's3'.
	 */
	public record Error(@Nullable OnExhausted onExhausted, @Nullable String deadLetterStream,
			@Nullable String deadLetterQueue, @Nullable String deadLetterTopic, @Nullable String deadLetterBucket) {

	}

	/**
	 * How instances share the shards.
	 *
	 * @param store Where leases and checkpoints are kept: 'dynamodb', 'memory', 'none',
	 * or the name of a store that another library brings.
	 * @param tableName Name of the DynamoDB table. Each application needs its own table,
	 * unless 'shared' is set.
	 * @param tableNames Names of the tables of single applications, by application name.
	 * They override 'table-name'.
	 * @param shared Whether several applications share the table. Each of them must set
	 * this property and the same 'table-name'.
	 * @param keyAttribute Name of the table's HASH key, a string. RANGE key of a shared
	 * table.
	 * @param createTable Whether to create the table if it does not exist.
	 * @param table What the table gets when it is created. An existing table is not
	 * changed.
	 * @param failoverAfter Time without a heartbeat of an instance after which others
	 * take its leases.
	 * @param maxPerListener Maximum number of shards that a listener reads in this
	 * instance. If not set, there is no limit.
	 * @param imports Other tables whose checkpoints are imported, once, before the first
	 * record is read.
	 */
	public record Lease(@DefaultValue("dynamodb") String store, @Nullable String tableName,
			@DefaultValue Map<String, String> tableNames, boolean shared, @DefaultValue("shard") String keyAttribute,
			@DefaultValue("true") boolean createTable, @DefaultValue Table table,
			@DefaultValue("10s") Duration failoverAfter, @Nullable Integer maxPerListener,
			@DefaultValue List<Import> imports) {

		/**
		 * What the table gets when it is created. An existing table is not changed.
		 *
		 * @param billingMode How requests are billed. If not set, on-demand.
		 * @param readCapacityUnits Provisioned read capacity. Required for 'provisioned'.
		 * @param writeCapacityUnits Provisioned write capacity. Required for
		 * 'provisioned'.
		 * @param tableClass Class of the table. If not set, standard.
		 * @param deletionProtection Whether the table is protected against deletion. If
		 * not set, it is not.
		 * @param pointInTimeRecovery Whether to enable point-in-time recovery, also on an
		 * existing table that does not have it.
		 * @param tags Tags of the table.
		 */
		public record Table(@Nullable BillingMode billingMode, @Nullable Long readCapacityUnits,
				@Nullable Long writeCapacityUnits, @Nullable TableClass tableClass,
				@Nullable Boolean deletionProtection, boolean pointInTimeRecovery,
				@DefaultValue Map<String, String> tags) {

		}

		/**
		 * A table of the Kinesis Client Library, a metadata store of Spring Integration,
		 * or another lease table of this library.
		 *
		 * @param tableName Name or ARN of the table.
		 * @param stream Name of the stream whose checkpoints are imported. Required for a
		 * KCL table of a single stream. If not set, all streams that the table names.
		 * @param consumerGroup Group whose checkpoints are imported from a metadata
		 * store, or application whose checkpoints are imported from another lease table.
		 * If not set, the application.
		 * @param application Application that imports them. If not set, the value of
		 * kinesis.application-name.
		 */
		@ConfigurationPropertiesSource
		public record Import(@Nullable String tableName, @Nullable String stream, @Nullable String consumerGroup,
				@Nullable String application) {

		}

	}

	/**
	 * How records are sent.
	 *
	 * @param defaultStream Name or ARN of the stream for records that name none.
	 * @param linger Time that a record may wait for others to share its request. With 0,
	 * it waits only while another request to its stream is in progress. If not set, 50ms
	 * if 'aggregation' is 'shard', otherwise 0.
	 * @param maxBatchRecords Maximum number of records in a request, 1 to 500.
	 * @param maxBatchSize Maximum amount of data in a request, keys included, up to 10MB.
	 * @param bufferMemory Maximum amount of memory for records that have no outcome yet.
	 * @param targetDelay Time within which records in the buffer should be stored if they
	 * are sent faster than their stream takes them. Sends then wait for up to a second
	 * each. With 0, only 'buffer-memory' limits the buffer.
	 * @param maxBlock Maximum time that a send blocks its caller while the buffer is
	 * full.
	 * @param deliveryTimeout Maximum time from accepting a record to its outcome, retries
	 * included.
	 * @param maxInFlight Maximum number of requests in progress, for all streams
	 * together.
	 * @param ordering What order is kept through retries. There is none if the service
	 * distributes the records of the stream (AUTO).
	 * @param aggregation Which records are packed into aggregated records, in the KPL's
	 * format. None if the service distributes the records of the stream (AUTO).
	 * @param aggregationMaxSize Maximum size of an aggregated record, from 1KB to the
	 * maximum record size of the stream.
	 * @param headerMode Where the headers of records and messages are written.
	 * @param headerPatterns Which headers of messages to send: names that may begin and
	 * end with '*', or names to leave out with '!' in front. The first match decides.
	 * @param observationEnabled Whether to observe each send if there is an
	 * ObservationRegistry.
	 * @param retry How failed sends are retried, within 'delivery-timeout'.
	 * @param shutdownTimeout Maximum time to wait at stop for the outcomes of accepted
	 * records.
	 */
	public record Producer(@Nullable String defaultStream, @Nullable Duration linger,
			@DefaultValue("500") int maxBatchRecords, @DefaultValue("5MB") DataSize maxBatchSize,
			@DefaultValue("64MB") DataSize bufferMemory, @DefaultValue("50ms") Duration targetDelay,
			@DefaultValue("60s") Duration maxBlock, @DefaultValue("2m") Duration deliveryTimeout,
			@DefaultValue("16") int maxInFlight, @DefaultValue("key") Ordering ordering,
			@DefaultValue("none") Aggregation aggregation, @DefaultValue("50KB") DataSize aggregationMaxSize,
			@DefaultValue("none") HeaderMode headerMode, @DefaultValue("*") List<String> headerPatterns,
			boolean observationEnabled, @DefaultValue Retry retry, @DefaultValue("30s") Duration shutdownTimeout) {

		/**
		 * How failed sends are retried.
		 *
		 * @param initialInterval Upper bound of the random back-off before the first
		 * retry. It doubles with each attempt.
		 * @param maxInterval Upper bound of the random back-off before any retry.
		 */
		public record Retry(@DefaultValue("100ms") Duration initialInterval, @DefaultValue("5s") Duration maxInterval) {

		}

	}

}

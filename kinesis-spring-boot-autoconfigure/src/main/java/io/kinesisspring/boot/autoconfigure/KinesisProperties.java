package io.kinesisspring.boot.autoconfigure;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

import io.kinesisspring.envelope.HeaderMode;
import io.kinesisspring.producer.ProducerOptions.Aggregation;
import io.kinesisspring.producer.ProducerOptions.Ordering;
import io.kinesisspring.shard.OnMissingStream;

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
		@DefaultValue Streams streams, @DefaultValue Admin admin,
		@DefaultValue @NestedConfigurationProperty ListenerProperties consumer,
		@DefaultValue @NestedConfigurationProperty LeaseProperties lease, @DefaultValue Producer producer,
		@DefaultValue Health health, @DefaultValue Metrics metrics,
		@DefaultValue Map<String, ListenerProperties> listeners) {

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

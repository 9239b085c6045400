package io.kinesisspring.embedded;

import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.action.Actions;
import io.kinesisspring.embedded.control.Control;
import io.kinesisspring.embedded.dynamodb.DynamoDbLocal;
import io.kinesisspring.embedded.fault.Faults;
import io.kinesisspring.embedded.http.HttpServer;
import io.kinesisspring.embedded.http.Service;
import io.kinesisspring.embedded.http.Tls;
import io.kinesisspring.embedded.limit.StreamLimits;
import io.kinesisspring.embedded.protocol.ServiceException;
import io.kinesisspring.embedded.store.Account;
import io.kinesisspring.embedded.store.DataStream;
import io.kinesisspring.embedded.store.Delays;
import io.kinesisspring.embedded.store.HashKey;
import io.kinesisspring.embedded.store.MovableClock;
import io.kinesisspring.embedded.store.Quotas;
import io.kinesisspring.embedded.store.Shard;
import io.kinesisspring.embedded.store.StreamSettings;

/**
 * An Amazon Kinesis Data Streams server inside this JVM, bound to loopback. Any AWS SDK,
 * in this process or another, works with it as soon as its endpoint is
 * {@link #endpoint()}; region and credentials may be any.
 *
 * <pre class="code">
 * try (EmbeddedKinesisServer server = EmbeddedKinesisServer.builder().stream("orders", 4).start()) {
 *     KinesisAsyncClient client = KinesisAsyncClient.builder().endpointOverride(server.endpoint())…
 * }
 * </pre>
 *
 * Where DynamoDB Local is on the class path it is started, too. Thread-safe.
 *
 * @since 0.1.0
 */
public final class EmbeddedKinesisServer implements AutoCloseable {

	private static final Pattern STREAM_NAME = Pattern.compile("[a-zA-Z0-9_.-]{1,128}");

	private final Faults faults = new Faults();

	private final String region;

	private final Account account;

	private final MovableClock clock;

	private final Tls tls = new Tls();

	private final HttpServer http;

	private final @Nullable DynamoDbLocal dynamoDb;

	private EmbeddedKinesisServer(Builder builder) {
		this.region = builder.region;
		Quotas quotas = new Quotas(builder.shardLimit, builder.memoryLimit, builder.iteratorLifetime);
		this.clock = builder.clock;
		this.account = new Account(builder.region, builder.clock, builder.delays, quotas);
		builder.streams.forEach(this::createStream);
		Control control = new Control(this.account, this.faults, this.clock);
		Service service = new Service(new Actions(this.account), this.faults, control, this.tls, this.clock);
		this.dynamoDb = builder.isDynamoDbWanted() ? DynamoDbLocal.start(builder.dynamoDbPort) : null;
		try {
			this.http = HttpServer.start(builder.port, service);
		}
		catch (Throwable ex) {
			closeDynamoDb();
			throw ex;
		}
	}

	/**
	 * Start to describe a server.
	 * @return a builder with the defaults
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Return where this server listens.
	 * @return the endpoint, with {@code http}
	 */
	public URI endpoint() {
		return URI.create("http://127.0.0.1:" + port());
	}

	/**
	 * Return where this server listens for TLS, which is the same port.
	 * @return the endpoint, with {@code https}
	 */
	public URI tlsEndpoint() {
		return URI.create("https://127.0.0.1:" + port());
	}

	/**
	 * Return the certificate that this server made for itself.
	 * @return the certificate, for {@code localhost} and {@code 127.0.0.1}
	 */
	public X509Certificate certificate() {
		return this.tls.certificate();
	}

	/**
	 * Return the port that this server listens on.
	 * @return the port
	 */
	public int port() {
		return this.http.port();
	}

	/**
	 * Return where DynamoDB Local listens.
	 * @return the endpoint, empty if it was not started
	 */
	public Optional<URI> dynamoDbEndpoint() {
		return Optional.ofNullable(this.dynamoDb).map(DynamoDbLocal::endpoint);
	}

	/**
	 * Return what an application has to be told to work with this server.
	 * @return the properties of a Kinesis for Spring Boot application, which the AWS SDK
	 * needs in the same way: endpoints, region and credentials
	 */
	public Map<String, String> properties() {
		Map<String, String> properties = new LinkedHashMap<>();
		properties.put("kinesis.endpoint", endpoint().toString());
		properties.put("kinesis.region", this.region);
		properties.put("kinesis.credentials.access-key", "embedded");
		properties.put("kinesis.credentials.secret-key", "embedded");
		dynamoDbEndpoint().ifPresentOrElse(
				(endpoint) -> properties.put("kinesis.dynamodb.endpoint", endpoint.toString()),
				() -> properties.put("kinesis.lease.store", "memory"));
		return properties;
	}

	/**
	 * Return what goes wrong on purpose.
	 * @return the faults, which may be changed at any time
	 */
	public Faults faults() {
		return this.faults;
	}

	/**
	 * Return the clock that all times are taken from: arrival, retention, expiry, delays
	 * and the end of subscriptions.
	 * @return the clock, which may be moved at any time
	 */
	public MovableClock clock() {
		return this.clock;
	}

	/**
	 * Create a stream in provisioned mode.
	 * @param name its name
	 * @param shards how many shards it starts with
	 * @throws IllegalArgumentException if the service would not take the name, or if
	 * there are no shards
	 * @throws IllegalStateException if there is a stream of that name, or no room for so
	 * many shards
	 */
	public void createStream(String name, int shards) {
		checkStream(name, shards);
		try {
			this.account.create(name, shards, StreamSettings.defaults());
		}
		catch (ServiceException ex) {
			throw new IllegalStateException(
					"The stream '" + name + "' with " + shards + " shards cannot be created: " + ex.message(), ex);
		}
	}

	private static void checkStream(String name, int shards) {
		if (!STREAM_NAME.matcher(name).matches()) {
			throw new IllegalArgumentException(
					"'" + name + "' is no name of a stream: use 1 to 128 characters out of a-z A-Z 0-9 _ . -");
		}
		if (shards < 1) {
			throw new IllegalArgumentException(
					"The stream '" + name + "' must have at least one shard but is given " + shards);
		}
	}

	/**
	 * Delete a stream and its consumers.
	 * @param name its name
	 */
	public void deleteStream(String name) {
		DataStream stream = this.account.stream(name);
		stream.consumers().list().forEach(stream.consumers()::deregister);
		this.account.delete(stream);
	}

	/**
	 * Split a shard in its middle.
	 * @param stream the stream's name
	 * @param shardId the shard's id
	 */
	public void splitShard(String stream, String shardId) {
		HashKey middle = this.account.stream(stream).shard(shardId).range().middle();
		this.account.stream(stream).reshard((resharding) -> resharding.split(shardId, middle));
	}

	/**
	 * Merge two shards that lie beside each other.
	 * @param stream the stream's name
	 * @param shardId one shard's id
	 * @param adjacentShardId the other's
	 */
	public void mergeShards(String stream, String shardId, String adjacentShardId) {
		this.account.stream(stream).reshard((resharding) -> resharding.merge(shardId, adjacentShardId));
	}

	/**
	 * Split and merge shards until there is a number of equal ones.
	 * @param stream the stream's name
	 * @param shards the number
	 */
	public void updateShardCount(String stream, int shards) {
		this.account.stream(stream).reshard((resharding) -> resharding.scaleTo(shards));
	}

	/**
	 * Return the shards that take records.
	 * @param stream the stream's name
	 * @return the shards' ids, by hash range
	 */
	public List<String> openShards(String stream) {
		return this.account.stream(stream).openShards().stream().map(Shard::id).toList();
	}

	/**
	 * Let a stream keep throughput limits.
	 * @param stream the stream's name
	 * @param limits the limits, {@link StreamLimits#none()} for none
	 */
	public void limits(String stream, StreamLimits limits) {
		this.account.stream(stream).limits(limits);
	}

	/**
	 * Return how much memory all records together take.
	 * @return the bytes, about
	 */
	public long memoryUsed() {
		return this.account.memoryUsed();
	}

	@Override
	public void close() {
		try {
			this.http.close();
		}
		finally {
			closeDynamoDb();
		}
	}

	private void closeDynamoDb() {
		if (this.dynamoDb != null) {
			this.dynamoDb.close();
		}
	}

	/**
	 * Describes a server. Not thread-safe.
	 */
	public static final class Builder {

		private final Map<String, Integer> streams = new LinkedHashMap<>();

		private int port;

		private int dynamoDbPort;

		private @Nullable Boolean dynamoDb;

		private String region = "us-east-1";

		private MovableClock clock = MovableClock.system();

		private Delays delays = Delays.none();

		private int shardLimit = 20_000;

		private long memoryLimit = Runtime.getRuntime().maxMemory() / 2;

		private Duration iteratorLifetime = Duration.ofMinutes(5);

		private Builder() {
		}

		/**
		 * Listen on this port.
		 * @param port the port, 0 for a free one, which is the default
		 * @return this builder
		 */
		public Builder port(int port) {
			this.port = port;
			return this;
		}

		/**
		 * Create a stream at start.
		 * @param name its name
		 * @param shards how many shards it starts with
		 * @return this builder
		 * @throws IllegalArgumentException if the service would not take the name, or if
		 * there are no shards
		 */
		public Builder stream(String name, int shards) {
			checkStream(name, shards);
			this.streams.put(name, shards);
			return this;
		}

		/**
		 * Create a stream at start.
		 * @param stream its name and how many shards it starts with, as in
		 * {@code orders:4}; one shard if only the name is given
		 * @return this builder
		 */
		public Builder stream(String stream) {
			String[] parts = stream.split(":", 2);
			int shards;
			try {
				shards = (parts.length > 1) ? Integer.parseInt(parts[1].trim()) : 1;
			}
			catch (NumberFormatException ex) {
				throw new IllegalArgumentException("'" + stream + "' must be of the form 'name:shards'", ex);
			}
			return stream(parts[0].trim(), shards);
		}

		/**
		 * Be in this region.
		 * @param region the region, by default {@code us-east-1}
		 * @return this builder
		 */
		public Builder region(String region) {
			this.region = region;
			return this;
		}

		/**
		 * Start DynamoDB Local or not. By default it is started if it is on the class
		 * path.
		 * @param wanted whether to start it; if so, it has to be on the class path
		 * @return this builder
		 */
		public Builder dynamoDb(boolean wanted) {
			this.dynamoDb = wanted;
			return this;
		}

		/**
		 * Let DynamoDB Local listen on this port.
		 * @param port the port, 0 for a free one, which is the default
		 * @return this builder
		 */
		public Builder dynamoDbPort(int port) {
			this.dynamoDbPort = port;
			return this;
		}

		/**
		 * Take all times from this clock.
		 * @param clock the clock, by default one of its own that goes as the system's
		 * @return this builder
		 */
		public Builder clock(MovableClock clock) {
			this.clock = clock;
			return this;
		}

		/**
		 * Let streams stay in a passing status after each change.
		 * @param delays how long, by default not at all
		 * @return this builder
		 */
		public Builder delays(Delays delays) {
			this.delays = delays;
			return this;
		}

		/**
		 * Allow so many open shards in all streams.
		 * @param shards how many, by default 20,000
		 * @return this builder
		 */
		public Builder shardLimit(int shards) {
			this.shardLimit = shards;
			return this;
		}

		/**
		 * Keep all records together within this much memory; the oldest go when it is
		 * full.
		 * @param bytes how many bytes, by default half of the heap
		 * @return this builder
		 */
		public Builder memoryLimit(long bytes) {
			this.memoryLimit = bytes;
			return this;
		}

		/**
		 * Let iterators expire after this time.
		 * @param lifetime how long an iterator can be used, by default 5 minutes
		 * @return this builder
		 */
		public Builder iteratorLifetime(Duration lifetime) {
			this.iteratorLifetime = lifetime;
			return this;
		}

		/**
		 * Start the server.
		 * @return the running server
		 */
		public EmbeddedKinesisServer start() {
			return new EmbeddedKinesisServer(this);
		}

		private boolean isDynamoDbWanted() {
			boolean present = DynamoDbLocal.isPresent(EmbeddedKinesisServer.class.getClassLoader());
			if (Boolean.TRUE.equals(this.dynamoDb) && !present) {
				throw new IllegalStateException("DynamoDB Local is not on the class path. Add "
						+ "software.amazon.dynamodb:DynamoDBLocal in test scope, or do not ask for it.");
			}
			return (this.dynamoDb != null) ? this.dynamoDb : present;
		}

	}

}

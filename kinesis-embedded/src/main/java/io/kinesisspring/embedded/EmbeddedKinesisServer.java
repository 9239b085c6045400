package io.kinesisspring.embedded;

import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.fault.Faults;
import io.kinesisspring.embedded.http.Tls;
import io.kinesisspring.embedded.limit.StreamLimits;
import io.kinesisspring.embedded.store.Account;
import io.kinesisspring.embedded.store.Delays;
import io.kinesisspring.embedded.store.HashKey;
import io.kinesisspring.embedded.store.MovableClock;
import io.kinesisspring.embedded.store.OnDemandScaling;
import io.kinesisspring.embedded.store.Shard;

/**
 * An Amazon Kinesis Data Streams server in this JVM, bound to loopback. Any AWS SDK can
 * use it with {@link #endpoint()}, any region and any credentials.
 *
 * <pre class="code">
 * try (EmbeddedKinesisServer server = EmbeddedKinesisServer.builder().stream("orders", 4).start()) {
 *     KinesisAsyncClient client = KinesisAsyncClient.builder().endpointOverride(server.endpoint())…
 * }
 * </pre>
 *
 * DynamoDB Local starts, too, if it is on the class path. Thread-safe.
 *
 * @since 0.1.0
 */
public final class EmbeddedKinesisServer implements AutoCloseable {

	private final Faults faults = new Faults();

	private final Tls tls = new Tls();

	private final ServerSettings settings;

	private final ServerResources resources;

	private final Account account;

	private EmbeddedKinesisServer(ServerSettings settings) {
		this.settings = settings;
		this.resources = ServerResources.open(settings, this.faults, this.tls);
		this.account = this.resources.account();
	}

	/**
	 * Create a builder with the default settings.
	 * @return the builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Return the endpoint of this server.
	 * @return the endpoint, with {@code http}
	 */
	public URI endpoint() {
		return URI.create("http://127.0.0.1:" + port());
	}

	/**
	 * Return the endpoint for TLS, which has the same port.
	 * @return the endpoint, with {@code https}
	 */
	public URI tlsEndpoint() {
		return URI.create("https://127.0.0.1:" + port());
	}

	/**
	 * Return the self-signed certificate of this server.
	 * @return the certificate, for {@code localhost} and {@code 127.0.0.1}
	 */
	public X509Certificate certificate() {
		return this.tls.certificate();
	}

	/**
	 * Return the port of this server.
	 * @return the port
	 */
	public int port() {
		return this.resources.port();
	}

	/**
	 * Return the endpoint of DynamoDB Local.
	 * @return the endpoint, or empty if DynamoDB Local was not started
	 */
	public Optional<URI> dynamoDbEndpoint() {
		return this.resources.dynamoDbEndpoint();
	}

	/**
	 * Return the properties that connect an application to this server.
	 * @return endpoints, region and credentials
	 */
	public Map<String, String> properties() {
		return ConnectionProperties.of(this, this.settings.region);
	}

	/**
	 * Return the faults to inject, which may change at any time.
	 * @return the faults
	 */
	public Faults faults() {
		return this.faults;
	}

	/**
	 * Return the clock for all times, which may be moved at any time.
	 * @return the clock
	 */
	public MovableClock clock() {
		return this.settings.clock;
	}

	/**
	 * Create a stream in provisioned mode.
	 * @param name the name of the stream
	 * @param shards the number of shards
	 * @throws IllegalArgumentException if the name is invalid or there are no shards
	 * @throws IllegalStateException if the stream exists or the shard limit is reached
	 */
	public void createStream(String name, int shards) {
		new StreamDefinition(name, shards).createIn(this.account, false);
	}

	/**
	 * Create a stream.
	 * @param stream name, shards and mode, as for {@link Builder#stream(String)}
	 */
	public void createStream(String stream) {
		StreamDefinition.parse(stream).createIn(this.account, false);
	}

	/**
	 * Delete a stream and its consumers.
	 * @param name the name of the stream
	 */
	public void deleteStream(String name) {
		this.account.delete(this.account.stream(name));
	}

	/**
	 * Split a shard in the middle.
	 * @param stream the name of the stream
	 * @param shardId the id of the shard
	 */
	public void splitShard(String stream, String shardId) {
		HashKey middle = this.account.stream(stream).shard(shardId).range().middle();
		this.account.stream(stream).reshard((resharding) -> resharding.split(shardId, middle));
	}

	/**
	 * Merge two adjacent shards.
	 * @param stream the name of the stream
	 * @param shardId the id of one shard
	 * @param adjacentShardId the id of the other shard
	 */
	public void mergeShards(String stream, String shardId, String adjacentShardId) {
		this.account.stream(stream).reshard((resharding) -> resharding.merge(shardId, adjacentShardId));
	}

	/**
	 * Split and merge shards until there is a given number of equal shards.
	 * @param stream the name of the stream
	 * @param shards the number of shards
	 */
	public void updateShardCount(String stream, int shards) {
		this.account.stream(stream).reshard((resharding) -> resharding.scaleTo(shards));
	}

	/**
	 * Return the shards that accept records.
	 * @param stream the name of the stream
	 * @return the ids of the shards, by hash range
	 */
	public List<String> openShards(String stream) {
		return this.account.stream(stream).openShards().stream().map(Shard::id).toList();
	}

	/**
	 * Return what a stream holds: each shard's records in order, and all by arrival.
	 * @param stream the name of the stream
	 * @return the records
	 */
	public List<EmbeddedRecord> records(String stream) {
		return new StreamContents(this.account.stream(stream)).read();
	}

	/**
	 * Store a record, whatever faults and limits there are.
	 * @param stream the name of the stream
	 * @param partitionKey the key; may be {@code null} only if the stream distributes
	 * @param data the payload
	 * @return the record
	 */
	public EmbeddedRecord put(String stream, @Nullable String partitionKey, byte[] data) {
		return new StreamContents(this.account.stream(stream)).put(partitionKey, data);
	}

	/**
	 * Set the throughput limits of a stream.
	 * @param stream the name of the stream
	 * @param limits the limits, or {@link StreamLimits#none()}
	 */
	public void limits(String stream, StreamLimits limits) {
		this.account.stream(stream).limits(limits);
	}

	/**
	 * Set how streams in on-demand mode scale. What was written before does not count.
	 * @param scaling the scaling, or {@link OnDemandScaling#none()}
	 */
	public void scaling(OnDemandScaling scaling) {
		this.account.scaling(scaling);
	}

	/**
	 * Return the approximate memory of all records.
	 * @return a number of bytes
	 */
	public long memoryUsed() {
		return this.account.memoryUsed();
	}

	@Override
	public void close() {
		this.resources.close();
	}

	/**
	 * Configures a server. Not thread-safe.
	 */
	public static final class Builder {

		private final ServerSettings settings = new ServerSettings();

		private Builder() {
		}

		/**
		 * Set the port.
		 * @param port the port; 0, the default, for a free one
		 * @return this builder
		 */
		public Builder port(int port) {
			this.settings.port = port;
			return this;
		}

		/**
		 * Create a stream in provisioned mode at start.
		 * @param name the name of the stream
		 * @param shards the number of shards
		 * @return this builder
		 * @throws IllegalArgumentException if the name is invalid or there are no shards
		 */
		public Builder stream(String name, int shards) {
			this.settings.streams.put(name, new StreamDefinition(name, shards));
			return this;
		}

		/**
		 * Create a stream at start.
		 * @param stream the name, the number of shards (1 by default) and the mode, such
		 * as {@code orders:4:auto}: {@code provisioned} (the default), {@code on-demand},
		 * or {@code auto}, on demand with records that the stream distributes by itself
		 * @return this builder
		 */
		public Builder stream(String stream) {
			StreamDefinition definition = StreamDefinition.parse(stream);
			this.settings.streams.put(definition.name(), definition);
			return this;
		}

		/**
		 * Set the region.
		 * @param region the region, by default {@code us-east-1}
		 * @return this builder
		 */
		public Builder region(String region) {
			this.settings.region = region;
			return this;
		}

		/**
		 * Start DynamoDB Local or not. By default it starts if it is on the class path.
		 * @param wanted whether to start it; {@code true} requires it on the class path
		 * @return this builder
		 */
		public Builder dynamoDb(boolean wanted) {
			this.settings.dynamoDb = wanted;
			return this;
		}

		/**
		 * Set the port of DynamoDB Local.
		 * @param port the port; 0, the default, for a free one
		 * @return this builder
		 */
		public Builder dynamoDbPort(int port) {
			this.settings.dynamoDbPort = port;
			return this;
		}

		/**
		 * Set the clock.
		 * @param clock the clock, by default the system's time
		 * @return this builder
		 */
		public Builder clock(MovableClock clock) {
			this.settings.clock = clock;
			return this;
		}

		/**
		 * Set how long streams stay in a transitional status after a change.
		 * @param delays the delays, by default none
		 * @return this builder
		 */
		public Builder delays(Delays delays) {
			this.settings.delays = delays;
			return this;
		}

		/**
		 * Set how streams in on-demand mode scale.
		 * @param scaling the scaling, by default {@link OnDemandScaling#none()}
		 * @return this builder
		 */
		public Builder scaling(OnDemandScaling scaling) {
			this.settings.scaling = scaling;
			return this;
		}

		/**
		 * Limit the open shards of all streams.
		 * @param shards the limit, by default 20,000
		 * @return this builder
		 */
		public Builder shardLimit(int shards) {
			this.settings.shardLimit = shards;
			return this;
		}

		/**
		 * Limit the memory of all records. When it is full, the oldest are dropped.
		 * @param bytes the limit, by default half of the heap
		 * @return this builder
		 */
		public Builder memoryLimit(long bytes) {
			this.settings.memoryLimit = bytes;
			return this;
		}

		/**
		 * Set the lifetime of iterators.
		 * @param lifetime the lifetime, by default 5 minutes
		 * @return this builder
		 */
		public Builder iteratorLifetime(Duration lifetime) {
			this.settings.iteratorLifetime = lifetime;
			return this;
		}

		/**
		 * Keep streams and their records over restarts. Streams that are in the directory
		 * already are not created at start. By default everything is in memory only.
		 * @param directory the directory, created if needed; one server uses it at a time
		 * @return this builder
		 */
		public Builder persistTo(Path directory) {
			this.settings.directory = directory;
			return this;
		}

		/**
		 * Start the server.
		 * @return the running server
		 * @throws IllegalStateException if a port is taken, a stream cannot be created,
		 * or the directory is in use, damaged or of a newer version
		 */
		public EmbeddedKinesisServer start() {
			return new EmbeddedKinesisServer(new ServerSettings(this.settings));
		}

	}

}

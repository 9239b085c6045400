package io.kinesisspring.admin;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.util.Assert;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.FullJitter;
import io.kinesisspring.scheduling.Scheduler;
import io.kinesisspring.shard.OnMissingStream;
import io.kinesisspring.shard.StreamOptions;

/**
 * Creates the {@link NewStream streams} that the application declares, before listeners
 * start. Streams that exist are compared: differences are logged, or removed if
 * {@link Builder#modifyStreams} is set. It deletes no stream, and never shortens a
 * retention, because that deletes records. Several instances may do the same at the same
 * time. Thread-safe.
 *
 * @since 0.1.0
 */
public final class KinesisAdmin implements SmartLifecycle {

	/** Starts before templates, the preflight and listeners of any phase. */
	static final int PHASE = Integer.MIN_VALUE;

	private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

	private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

	private final Set<CompletableFuture<Void>> pending = ConcurrentHashMap.newKeySet();

	private final StreamCalls calls;

	private final Map<String, NewStream> streams;

	private final boolean autoCreate;

	private final boolean modifyStreams;

	private final Duration operationTimeout;

	private final StreamOptions options;

	private final Scheduler scheduler;

	private final Duration pause;

	private volatile boolean running;

	private KinesisAdmin(Builder builder) {
		this.calls = new StreamCalls(builder.client);
		this.streams = byName(builder.streams);
		this.autoCreate = builder.autoCreate;
		this.modifyStreams = builder.modifyStreams;
		this.operationTimeout = builder.operationTimeout;
		this.options = builder.options;
		this.scheduler = builder.scheduler;
		this.pause = builder.pause;
	}

	/**
	 * A builder of admins that use a client.
	 * @param client the client; stays open when the admin stops
	 * @return a builder
	 */
	public static Builder builder(KinesisAsyncClient client) {
		return new Builder(client);
	}

	private static Map<String, NewStream> byName(Collection<NewStream> streams) {
		Map<String, NewStream> byName = new LinkedHashMap<>();
		for (NewStream stream : streams) {
			NewStream other = byName.put(stream.name(), stream);
			if (other != null && !other.equals(stream)) {
				throw new KinesisConfigurationException(
						"The stream '" + stream.name() + "' is declared twice: " + other + " and " + stream,
						"Remove one of the two NewStream beans");
			}
		}
		return byName;
	}

	/**
	 * Create the declared streams that do not exist, unless {@link Builder#autoCreate} is
	 * off.
	 * @throws KinesisException if a stream cannot be created
	 */
	@Override
	public void start() {
		if (this.autoCreate) {
			createOrModifyStreams(this.streams.values());
		}
		this.running = true;
	}

	/**
	 * Create streams that do not exist, and compare those that do. Returns when all of
	 * them are active, or modified for longer than the operation timeout.
	 * @param streams the streams
	 * @throws KinesisException if a stream cannot be created
	 */
	public void createOrModifyStreams(Collection<NewStream> streams) {
		if (streams.isEmpty()) {
			return;
		}
		CompletableFuture<?>[] setups = byName(streams).values()
			.stream()
			.map((stream) -> setUp(StreamIdentifier.of(stream.name()), StreamPlan.declared(stream, this.modifyStreams),
					this.operationTimeout))
			.toArray(CompletableFuture[]::new);
		try {
			CompletableFuture.allOf(setups).get();
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof KinesisException known) ? known
					: new KinesisException("Streams could not be created", ex.getCause());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new KinesisException("Interrupted while streams were created", ex);
		}
	}

	/**
	 * Check that a dead-letter stream exists. What happens if it does not is the same as
	 * for streams that are listened to. It is created as declared, or else with the
	 * largest maximum record size, because a dead letter is larger than its record.
	 * @param stream the name or the ARN of the stream
	 * @return completes when the stream exists, or if it is not allowed to describe it;
	 * exceptionally if there is no such stream
	 */
	public CompletableFuture<Void> prepareDeadLetterStream(StreamIdentifier stream) {
		Assert.notNull(stream, "'stream' must not be null");
		NewStream declared = this.streams.get(stream.name());
		NewStream toCreate = (declared != null) ? declared : new NewStream(stream.name(), this.options.createShards(),
				null, NewStream.LARGEST_RECORD_SIZE, Map.of());
		return setUp(stream, StreamPlan.deadLetters(toCreate, this.options.onMissing()),
				(this.options.onMissing() != OnMissingStream.WAIT) ? this.operationTimeout : null);
	}

	private CompletableFuture<Void> setUp(StreamIdentifier stream, StreamPlan plan, @Nullable Duration timeout) {
		EventLoop loop = this.scheduler.newLoop("kinesis-admin-" + stream.name() + "-");
		FullJitter backOff = new FullJitter(this.pause, LONGEST_PAUSE, loop.random());
		CompletableFuture<Void> done = new StreamSetup(stream, plan, this.calls, loop, backOff).begin(timeout);
		this.pending.add(done);
		done.whenComplete((result, ex) -> {
			this.pending.remove(done);
			loop.close();
		});
		return done;
	}

	/**
	 * Stop waiting for streams.
	 */
	@Override
	public void stop() {
		this.running = false;
		this.pending.forEach((setup) -> setup
			.completeExceptionally(new KinesisException("The admin was stopped while it waited for a stream")));
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	/**
	 * Builds a {@link KinesisAdmin}. Not thread-safe.
	 */
	public static final class Builder {

		private final KinesisAsyncClient client;

		private Collection<NewStream> streams = List.of();

		private boolean autoCreate = true;

		private boolean modifyStreams;

		private Duration operationTimeout = Duration.ofMinutes(2);

		private StreamOptions options = StreamOptions.DEFAULTS;

		private Scheduler scheduler = Scheduler.system();

		private Duration pause = FIRST_PAUSE;

		private Builder(KinesisAsyncClient client) {
			Assert.notNull(client, "'client' must not be null");
			this.client = client;
		}

		/**
		 * Set the streams to create at start.
		 * @param streams the streams; none by default
		 * @return this builder
		 */
		public Builder streams(Collection<NewStream> streams) {
			this.streams = List.copyOf(streams);
			return this;
		}

		/**
		 * Set whether the declared streams are created at start.
		 * @param autoCreate whether to create them; {@code true} by default
		 * @return this builder
		 */
		public Builder autoCreate(boolean autoCreate) {
			this.autoCreate = autoCreate;
			return this;
		}

		/**
		 * Set whether streams that exist are modified if they differ: their mode, number
		 * of shards and maximum record size, and a retention that is too short.
		 * @param modifyStreams whether to modify streams; {@code false} by default, so
		 * that differences are logged
		 * @return this builder
		 */
		public Builder modifyStreams(boolean modifyStreams) {
			this.modifyStreams = modifyStreams;
			return this;
		}

		/**
		 * Set how long the start waits until a stream is active. Then it fails. If the
		 * stream is being modified, it continues.
		 * @param operationTimeout more than 0; two minutes by default
		 * @return this builder
		 */
		public Builder operationTimeout(Duration operationTimeout) {
			Assert.isTrue(operationTimeout.compareTo(Duration.ZERO) > 0, "'operationTimeout' must be more than 0");
			this.operationTimeout = operationTimeout;
			return this;
		}

		/**
		 * Set what to do if a dead-letter stream does not exist that is not declared.
		 * @param options the options; {@link StreamOptions#DEFAULTS} by default
		 * @return this builder
		 */
		public Builder options(StreamOptions options) {
			this.options = options;
			return this;
		}

		Builder pause(Duration pause) {
			this.pause = pause;
			return this;
		}

		/**
		 * Build the admin.
		 * @return the admin
		 * @throws KinesisConfigurationException if two streams have the same name
		 */
		public KinesisAdmin build() {
			return new KinesisAdmin(this);
		}

	}

}

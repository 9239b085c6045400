package io.kinesisspring.listener;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.kinesisspring.KinesisException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.LeaseOptions;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.lease.LeaseStoreFactory;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.ThreadEventLoop;
import io.kinesisspring.shard.MissingStream;
import io.kinesisspring.shard.ReadMode;
import io.kinesisspring.shard.ReaderOptions;
import io.kinesisspring.shard.Selection;
import io.kinesisspring.shard.ShardState;
import io.kinesisspring.shard.StreamClient;
import io.kinesisspring.shard.StreamConsumer;

/**
 * The container: ties a listener to a {@link StreamConsumer} for as long as it runs. Each
 * start is a new worker in the eyes of the others.
 */
final class DefaultKinesisListenerContainer implements KinesisListenerContainer {

	private static final Log logger = LogFactory.getLog(DefaultKinesisListenerContainer.class);

	/** Longer than the SDK tries by itself, and than a table takes to be created. */
	private static final Duration START_TIMEOUT = Duration.ofMinutes(3);

	private final KinesisListenerEndpoint endpoint;

	private final ContainerOptions options;

	private final String application;

	private final StreamClient client;

	private final LeaseStoreFactory leaseStores;

	private final Terms terms;

	private final Notices notices;

	private final AtomicReference<@Nullable Run> run = new AtomicReference<>();

	private final Clock clock = Clock.systemUTC();

	private volatile Ending lastEnding = new Ending(null, null);

	DefaultKinesisListenerContainer(KinesisListenerEndpoint endpoint, ContainerOptions options, StreamClient client,
			LeaseStoreFactory leaseStores, Terms terms) {
		this.endpoint = endpoint;
		this.options = options;
		this.application = Objects.requireNonNull(options.application());
		this.client = client;
		this.leaseStores = leaseStores;
		this.terms = terms;
		this.notices = terms.notices();
	}

	@Override
	public String getId() {
		return this.endpoint.id();
	}

	@Override
	public List<StreamIdentifier> getStreams() {
		return this.endpoint.streams();
	}

	@Override
	public ContainerOptions getOptions() {
		return this.options;
	}

	@Override
	public boolean isAutoStartup() {
		return this.options.autoStartup();
	}

	@Override
	public boolean isRunning() {
		return this.run.get() != null;
	}

	@Override
	public void start() {
		Run starting = new Run(workerId());
		if (!this.run.compareAndSet(null, starting)) {
			starting.loop.close();
			return;
		}
		logger.info("Listener '" + getId() + "' (" + this.endpoint.description() + ") reads " + getStreams()
				+ " as application '" + this.application + "', new shards from " + this.options.initialPosition()
				+ ((this.options.mode() == ReadMode.FAN_OUT) ? " by fan-out" : "") + ", ack mode "
				+ this.options.ackMode().name().toLowerCase(Locale.ROOT) + ", concurrency " + this.options.concurrency()
				+ ", failures to " + this.options.errorHandler().getClass().getSimpleName());
		this.options.observer().starting(getStreams().stream().map(StreamIdentifier::name).toList());
		starting.consumer.denial().thenAccept((denial) -> whenDenied(starting, denial));
		CompletableFuture<Void> started = starting.consumer.start();
		try {
			if (this.options.missingStream() == MissingStream.WAIT) {
				started.whenComplete((done, ex) -> startedLate(starting, ex));
			}
			else {
				started.get(START_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
				begun(starting);
			}
		}
		catch (ExecutionException ex) {
			Throwable cause = (ex.getCause() != null) ? ex.getCause() : ex;
			abort(starting, cause);
			this.notices.failed(cause);
			throw (ex.getCause() instanceof KinesisException known) ? known
					: new KinesisException("Listener '" + getId() + "' could not be started", ex.getCause());
		}
		catch (TimeoutException ex) {
			KinesisException late = new KinesisException("Listener '" + getId() + "' could not be started within "
					+ START_TIMEOUT.toSeconds() + "s; check that Kinesis and DynamoDB can be reached", ex);
			abort(starting, late);
			throw late;
		}
		catch (InterruptedException ex) {
			abort(starting, ex);
			Thread.currentThread().interrupt();
			throw new KinesisException("Interrupted while starting listener '" + getId() + "'", ex);
		}
	}

	/**
	 * Trying again would not help before somebody has changed permissions; the leases are
	 * for others who may read.
	 */
	private void whenDenied(Run running, KinesisException denial) {
		if (this.run.compareAndSet(running, null)) {
			ended(denial);
			logger.error("Listener '" + getId() + "' stops", denial);
			this.options.observer().denied();
			this.notices.failed(denial);
			end(running);
		}
	}

	private void startedLate(Run starting, @Nullable Throwable ex) {
		if (ex == null) {
			begun(starting);
			return;
		}
		logger.error("Listener '" + getId() + "' could not be started", ex);
		abort(starting, ex);
		this.notices.failed(ex);
	}

	private void begun(Run running) {
		running.begunAt = this.clock.instant();
		this.notices.started();
		running.watch();
	}

	private void ended(@Nullable Throwable failure) {
		this.lastEnding = new Ending(failure, this.clock.instant());
	}

	private void abort(Run starting, Throwable cause) {
		if (this.run.compareAndSet(starting, null)) {
			ended(cause);
		}
		starting.consumer.stop().whenComplete((stopped, ex) -> {
			starting.loop.close();
			tellOfEnd();
		});
	}

	@Override
	public void stop() {
		stopRun().join();
	}

	@Override
	public void stop(Runnable callback) {
		stopRun().whenComplete((stopped, ex) -> callback.run());
	}

	private CompletableFuture<Void> stopRun() {
		Run stopping = this.run.getAndSet(null);
		if (stopping == null) {
			return CompletableFuture.completedFuture(null);
		}
		ended(null);
		return end(stopping);
	}

	private CompletableFuture<Void> end(Run stopping) {
		long timeout = this.options.shutdownTimeout().toMillis();
		return stopping.consumer.stop().orTimeout(timeout, TimeUnit.MILLISECONDS).handle((stopped, ex) -> {
			stopping.loop.close();
			tellOfEnd();
			if (ex != null) {
				logger.warn("Listener '" + getId() + "' was still at work after kinesis.consumer.shutdown-timeout ("
						+ timeout + "ms); what it works on is delivered again once its leases have expired");
			}
			else {
				logger.info("Listener '" + getId() + "' has stopped");
			}
			this.notices.stopped();
			return null;
		});
	}

	/**
	 * It may have been started again meanwhile.
	 */
	private void tellOfEnd() {
		if (!isRunning()) {
			this.options.observer().stopped();
		}
	}

	@Override
	public CompletableFuture<Void> pause() {
		return consumer().pause(Selection.ALL);
	}

	@Override
	public CompletableFuture<Void> pause(String stream) {
		return consumer().pause(new Selection(stream, null));
	}

	@Override
	public CompletableFuture<Void> pause(String stream, String shardId) {
		return consumer().pause(new Selection(stream, shardId));
	}

	@Override
	public CompletableFuture<Void> resume() {
		return consumer().resume(Selection.ALL);
	}

	@Override
	public CompletableFuture<Void> resume(String stream) {
		return consumer().resume(new Selection(stream, null));
	}

	@Override
	public CompletableFuture<Void> resume(String stream, String shardId) {
		return consumer().resume(new Selection(stream, shardId));
	}

	@Override
	public CompletableFuture<Boolean> seek(String stream, String shardId, Checkpoint position) {
		Assert.isTrue(!(position instanceof Checkpoint.ShardEnd), "'position' must not be the end of the shard");
		return consumer().seek(stream, shardId, position);
	}

	@Override
	public CompletableFuture<Set<String>> reset(String stream, @Nullable String shardId, InitialPosition position) {
		return fleet().reset(stream, shardId, position);
	}

	@Override
	public CompletableFuture<Set<String>> reset(String stream, String shardId, Checkpoint.After position) {
		return fleet().reset(stream, shardId, position);
	}

	@Override
	public CompletableFuture<Set<String>> release(String stream, String shardId) {
		return fleet().release(stream, shardId);
	}

	@Override
	public CompletableFuture<List<Lease>> getLeases() {
		return fleet().leases();
	}

	private FleetControl fleet() {
		Run running = this.run.get();
		LeaseStore store = (running != null) ? running.store : this.leaseStores.create(this.application);
		return new FleetControl(getStreams(), this.options, this.client, store);
	}

	@Override
	public CompletableFuture<List<ShardState>> getShards() {
		Run running = this.run.get();
		return (running != null) ? running.consumer.shards() : CompletableFuture.completedFuture(List.of());
	}

	@Override
	public ListenerStatus getStatus() {
		Run running = this.run.get();
		if (running != null) {
			return running.status();
		}
		Ending ending = this.lastEnding;
		return new ListenerStatus(
				(ending.failure() != null) ? ListenerStatus.Phase.FAILED : ListenerStatus.Phase.STOPPED, null,
				ending.failure(), ending.at(), false, Duration.ZERO, List.of());
	}

	private StreamConsumer consumer() {
		Run running = this.run.get();
		if (running == null) {
			throw new IllegalStateException("Listener '" + getId() + "' does not run");
		}
		return running.consumer;
	}

	private static String workerId() {
		return ProcessHandle.current().pid() + "-" + UUID.randomUUID();
	}

	@Override
	public String toString() {
		return "Kinesis listener container '" + getId() + "'";
	}

	/**
	 * From a start to a stop.
	 */
	private final class Run {

		private final EventLoop loop;

		private final LeaseStore store;

		private final StreamConsumer consumer;

		private final String workerId;

		private final Instant startedAt;

		private volatile @Nullable Instant begunAt;

		private Run(String workerId) {
			this.workerId = workerId;
			this.startedAt = DefaultKinesisListenerContainer.this.clock.instant();
			ContainerOptions how = DefaultKinesisListenerContainer.this.options;
			this.loop = new ThreadEventLoop("kinesis-loop-" + getId() + "-");
			DefaultKinesisListenerContainer.this.notices.waitOn(this.loop);
			StreamConsumer.Options consumerOptions = new StreamConsumer.Options(
					new LeaseOptions(how.failoverAfter(), how.maxLeases(), how.initialPosition()),
					new ReaderOptions(how.maxRecords(), how.idleBetweenReads(), how.bufferMemory(),
							how.checkpointInterval(), how.staleCheckpoint(), how.observer()),
					how.missingStream(), how.createShards(), (how.mode() == ReadMode.FAN_OUT) ? how.fanOut() : null);
			this.store = DefaultKinesisListenerContainer.this.leaseStores
				.create(DefaultKinesisListenerContainer.this.application);
			this.consumer = new StreamConsumer(workerId, getStreams(), DefaultKinesisListenerContainer.this.client,
					this.store, consumerOptions, new RecordDispatcher(DefaultKinesisListenerContainer.this.terms),
					this.loop);
		}

		private ListenerStatus status() {
			Instant begun = this.begunAt;
			if (begun == null) {
				return new ListenerStatus(ListenerStatus.Phase.STARTING, this.workerId, null, this.startedAt, false,
						Duration.ZERO, List.of());
			}
			return new ListenerStatus(ListenerStatus.Phase.RUNNING, this.workerId, null, begun,
					this.consumer.isCutOff(), this.consumer.unclaimed(), DefaultKinesisListenerContainer.this.notices
						.statuses(DefaultKinesisListenerContainer.this.options.stalledAfter()));
		}

		private void watch() {
			ContainerOptions how = DefaultKinesisListenerContainer.this.options;
			Duration shorter = (how.idleAfter().compareTo(how.stalledAfter()) < 0) ? how.idleAfter()
					: how.stalledAfter();
			this.loop.schedule(shorter.dividedBy(4), () -> {
				DefaultKinesisListenerContainer.this.notices.look(this.loop.nanoTime(), how.idleAfter(),
						how.stalledAfter());
				watch();
			});
		}

	}

	/**
	 * How the last run ended: by a failure or on purpose.
	 */
	private record Ending(@Nullable Throwable failure, @Nullable Instant at) {

	}

}

package io.kinesisspring.listener;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.KinesisException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.scheduling.Futures;
import io.kinesisspring.shard.OnMissingStream;
import io.kinesisspring.shard.ShardSelection;
import io.kinesisspring.shard.ShardState;
import io.kinesisspring.shard.StreamConsumer;

/**
 * The container: connects a listener to a {@link StreamConsumer} while it runs. Each
 * start is a new worker.
 */
final class DefaultKinesisListenerContainer implements KinesisListenerContainer {

	private static final Log logger = LogFactory.getLog(DefaultKinesisListenerContainer.class);

	/** Longer than the SDK retries by itself, and than the creation of a table takes. */
	private static final Duration START_TIMEOUT = Duration.ofMinutes(3);

	private final KinesisListenerEndpoint endpoint;

	private final ContainerOptions options;

	private final String application;

	private final ContainerServices services;

	private final DeliveryContext context;

	private final ShardEventPublisher shardEventPublisher;

	private final ContainerThreads containerThreads;

	private final AtomicReference<@Nullable ContainerRun> run = new AtomicReference<>();

	private final AtomicReference<@Nullable RuntimeException> startFailure = new AtomicReference<>();

	private volatile ContainerEnding lastEnding = new ContainerEnding(ListenerStatus.Phase.STOPPED, null, null);

	private volatile boolean hasRun;

	DefaultKinesisListenerContainer(KinesisListenerEndpoint endpoint, ContainerOptions options,
			ContainerServices services, DeliveryContext context, ContainerThreads containerThreads) {
		this.endpoint = endpoint;
		this.options = options;
		this.application = Objects.requireNonNull(options.application());
		this.services = services;
		this.context = context;
		this.shardEventPublisher = context.shardEventPublisher();
		this.containerThreads = containerThreads;
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
	public List<StreamIdentifier> getReplyStreams() {
		return this.endpoint.listener().replyStreams();
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
	public int getPhase() {
		return this.options.phase();
	}

	@Override
	public boolean isRunning() {
		return this.run.get() != null;
	}

	@Override
	public void start() {
		RuntimeException failure = this.startFailure.getAndSet(null);
		if (failure != null) {
			throw failure;
		}
		begin().run();
	}

	/**
	 * Let the next call of {@link #start()} fail at once, because a start that has begun
	 * before has failed.
	 */
	void failNextStart(RuntimeException failure) {
		this.startFailure.set(failure);
	}

	/**
	 * Begin to start.
	 * @return waits for the end of the start, and fails if the start does; does nothing
	 * if the container runs or waits for its streams
	 */
	Runnable begin() {
		ContainerRun starting = new ContainerRun(this.endpoint, this.options, this.services.client(), createStore(),
				this.context, this.services.scheduler());
		if (!this.run.compareAndSet(null, starting)) {
			starting.close();
			return () -> {
			};
		}
		logger.info(StartMessage.of(this.endpoint, this.options));
		this.options.observer().onContainerStarting(getStreams().stream().map(StreamIdentifier::name).toList());
		starting.consumer().fatalDenial().thenAccept((denial) -> onAccessDenied(starting, translated(denial)));
		CompletableFuture<Void> started = starting.start();
		if (this.options.streams().onMissing() == OnMissingStream.WAIT) {
			started.whenComplete((done, ex) -> onLateStart(starting, (ex != null) ? translated(ex) : null));
			return () -> {
			};
		}
		CompletableFuture<Void> running = started.thenRun(() -> onStarted(starting));
		return () -> await(starting, running);
	}

	private void await(ContainerRun starting, CompletableFuture<Void> started) {
		try {
			started.get(START_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof StoppedWhileStartingException stopped) {
				throw stopped;
			}
			Throwable cause = translated((ex.getCause() != null) ? ex.getCause() : ex);
			abort(starting, cause, unableToStart());
			this.shardEventPublisher.failed(cause);
			throw (cause instanceof KinesisException known) ? known
					: new KinesisException("Listener '" + getId() + "' could not be started", cause);
		}
		catch (TimeoutException ex) {
			KinesisException late = new KinesisException("Listener '" + getId() + "' could not be started within "
					+ START_TIMEOUT.toSeconds() + "s. Check that Kinesis and the lease store can be reached", ex);
			abort(starting, late, unableToStart());
			throw late;
		}
		catch (InterruptedException ex) {
			abort(starting, ex, unableToStart());
			Thread.currentThread().interrupt();
			throw new KinesisException("Interrupted while starting listener '" + getId() + "'", ex);
		}
	}

	/**
	 * Access is denied and is not retried. Stop the container, so that instances with
	 * permission get its leases.
	 */
	private void onAccessDenied(ContainerRun running, Throwable denial) {
		if (this.run.compareAndSet(running, null)) {
			recordEnd(ListenerStatus.Phase.FAILED, denial);
			logger.error("Listener '" + getId() + "' stops, because a call is denied", denial);
			this.options.observer().onAccessDenied();
			this.shardEventPublisher.failed(denial);
			running.end(denial, this::notifyStopped);
		}
	}

	private Throwable translated(Throwable ex) {
		return (Futures.cause(ex) instanceof InvalidOptionException option)
				? this.services.optionTranslator().translate(getId(), option) : ex;
	}

	private void onLateStart(ContainerRun starting, @Nullable Throwable ex) {
		if (ex == null) {
			onStarted(starting);
			return;
		}
		if (ex instanceof StoppedWhileStartingException) {
			return;
		}
		logger.error("Listener '" + getId() + "' could not be started", ex);
		abort(starting, ex, ListenerStatus.Phase.FAILED);
		this.shardEventPublisher.failed(ex);
	}

	/**
	 * The caller of the start gets the exception. A container that has never run is
	 * stopped again, so that a failed start at run time does not leave the application
	 * unhealthy.
	 */
	private ListenerStatus.Phase unableToStart() {
		return this.hasRun ? ListenerStatus.Phase.FAILED : ListenerStatus.Phase.STOPPED;
	}

	/**
	 * A start that took too long may end nevertheless.
	 */
	private void onStarted(ContainerRun running) {
		if (this.run.get() == running) {
			this.hasRun = true;
			running.onStarted();
		}
	}

	private void recordEnd(ListenerStatus.Phase phase, @Nullable Throwable failure) {
		this.lastEnding = new ContainerEnding(phase, failure, this.services.scheduler().clock().instant());
	}

	private void abort(ContainerRun starting, Throwable cause, ListenerStatus.Phase phase) {
		if (this.run.compareAndSet(starting, null)) {
			recordEnd(phase, cause);
		}
		starting.consumer().stop().whenComplete((stopped, ex) -> {
			starting.close();
			notifyStopped();
		});
	}

	@Override
	public void stop() {
		CompletableFuture<Void> stopped = stopRun();
		if (!this.containerThreads.isCurrent()) {
			stopped.join();
		}
	}

	@Override
	public void stop(Runnable callback) {
		stopRun().whenComplete((stopped, ex) -> callback.run());
	}

	private CompletableFuture<Void> stopRun() {
		ContainerRun stopping = this.run.getAndSet(null);
		if (stopping == null) {
			return CompletableFuture.completedFuture(null);
		}
		recordEnd(ListenerStatus.Phase.STOPPED, null);
		return stopping.end(null, this::notifyStopped);
	}

	/**
	 * Another start may have begun in the meantime.
	 */
	private void notifyStopped() {
		if (!isRunning()) {
			this.options.observer().onContainerStopped();
		}
	}

	@Override
	public CompletableFuture<Void> pause() {
		return pause(ShardSelection.ALL);
	}

	@Override
	public CompletableFuture<Void> pause(String stream) {
		return pause(new ShardSelection(requireKnown(stream), null));
	}

	@Override
	public CompletableFuture<Void> pause(String stream, String shardId) {
		return pause(new ShardSelection(requireKnown(stream), shardId));
	}

	/**
	 * If the listener itself calls this method, its current record cannot finish before
	 * it returns. Then wait only until no other record will be started.
	 */
	private CompletableFuture<Void> pause(ShardSelection selection) {
		StreamConsumer consumer = consumer();
		CompletableFuture<Void> paused = consumer.pause(selection);
		return this.containerThreads.isCurrent() ? consumer.shards().thenAccept((shards) -> {
		}) : paused;
	}

	@Override
	public CompletableFuture<Void> resume() {
		return consumer().resume(ShardSelection.ALL);
	}

	@Override
	public CompletableFuture<Void> resume(String stream) {
		return consumer().resume(new ShardSelection(requireKnown(stream), null));
	}

	@Override
	public CompletableFuture<Void> resume(String stream, String shardId) {
		return consumer().resume(new ShardSelection(requireKnown(stream), shardId));
	}

	@Override
	public CompletableFuture<Boolean> seek(String stream, String shardId, Checkpoint position) {
		Assert.isTrue(!(position instanceof Checkpoint.ShardEnd), "'position' must not be the end of the shard");
		return consumer().seek(stream, shardId, position);
	}

	@Override
	public CompletableFuture<Set<String>> reset(String stream, @Nullable String shardId, InitialPosition position) {
		return leaseTable().reset(stream, shardId, position);
	}

	@Override
	public CompletableFuture<Set<String>> reset(String stream, String shardId, Checkpoint.After position) {
		return leaseTable().reset(stream, shardId, position);
	}

	@Override
	public CompletableFuture<Set<String>> release(String stream, String shardId) {
		return leaseTable().release(stream, shardId);
	}

	@Override
	public CompletableFuture<List<Lease>> getLeases() {
		return leaseTable().leases();
	}

	private LeaseTableOperations leaseTable() {
		ContainerRun running = this.run.get();
		LeaseStore store = (running != null) ? running.store() : createStore();
		return new LeaseTableOperations(getStreams(), this.options.lease(), this.services.client(), store,
				this.services.scheduler());
	}

	private LeaseStore createStore() {
		return this.services.leaseStores().create(this.application);
	}

	@Override
	public CompletableFuture<List<ShardState>> getShards() {
		ContainerRun running = this.run.get();
		return (running != null) ? running.consumer().shards() : CompletableFuture.completedFuture(List.of());
	}

	@Override
	public ListenerStatus getStatus() {
		ContainerRun running = this.run.get();
		return (running != null) ? running.status() : this.lastEnding.status(this.shardEventPublisher.counts());
	}

	private String requireKnown(String stream) {
		Assert.isTrue(getStreams().stream().map(StreamIdentifier::name).anyMatch(stream::equals),
				() -> "'" + stream + "' is none of the streams " + getStreams());
		return stream;
	}

	private StreamConsumer consumer() {
		ContainerRun running = this.run.get();
		if (running == null) {
			throw new IllegalStateException("Listener '" + getId() + "' does not run");
		}
		return running.consumer();
	}

	@Override
	public String toString() {
		return "Kinesis listener container '" + getId() + "'";
	}

}

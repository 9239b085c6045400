package io.kinesisspring.listener;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.error.RecordRecoverer;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.Futures;
import io.kinesisspring.scheduling.Scheduler;
import io.kinesisspring.shard.ConsumerContext;
import io.kinesisspring.shard.ReadMode;
import io.kinesisspring.shard.ShardEvents;
import io.kinesisspring.shard.StreamClient;
import io.kinesisspring.shard.StreamConsumer;

/**
 * One run of a container, from a start to the next stop: a worker with its event loop and
 * its consumer. Thread-safe.
 */
final class ContainerRun {

	private static final Log logger = LogFactory.getLog(DefaultKinesisListenerContainer.class);

	private final String workerId = WorkerIds.next();

	private final CompletableFuture<Void> started = new CompletableFuture<>();

	private final String listenerId;

	private final List<StreamIdentifier> streams;

	private final ContainerOptions options;

	private final LeaseStore store;

	private final ShardEventPublisher shardEventPublisher;

	private final Scheduler scheduler;

	private final Clock clock;

	private final Instant createdAt;

	private final EventLoop loop;

	private final StreamConsumer consumer;

	private volatile @Nullable Instant startedAt;

	ContainerRun(KinesisListenerEndpoint endpoint, ContainerOptions options, StreamClient client, LeaseStore store,
			DeliveryContext context, Scheduler scheduler) {
		this.listenerId = endpoint.id();
		this.streams = endpoint.streams();
		this.options = options;
		this.store = store;
		this.shardEventPublisher = context.shardEventPublisher();
		this.scheduler = scheduler;
		this.clock = scheduler.clock();
		this.createdAt = this.clock.instant();
		this.loop = scheduler.newLoop("kinesis-loop-" + endpoint.id() + "-");
		this.shardEventPublisher.use(this.loop);
		StreamConsumer.Options consumerOptions = new StreamConsumer.Options(options.lease(),
				options.reader().withEvents(ShardEvents.all(options.observer(), this.shardEventPublisher)),
				options.streams(), (options.mode() == ReadMode.FAN_OUT) ? options.fanOut() : null);
		this.consumer = new StreamConsumer(this.workerId, endpoint.streams(),
				new ConsumerContext(client, store, this.loop), consumerOptions, new RecordDispatcher(context));
	}

	StreamConsumer consumer() {
		return this.consumer;
	}

	LeaseStore store() {
		return this.store;
	}

	/**
	 * Start reading. The start runs on the loop, and does not complete by itself after
	 * the loop is closed: see {@link #abortStart()}.
	 */
	CompletableFuture<Void> start() {
		try {
			List<CompletableFuture<Void>> preparations = preparations();
			if (preparations.isEmpty()) {
				startConsumer();
			}
			else {
				this.loop.on(CompletableFuture.allOf(preparations.toArray(CompletableFuture[]::new)),
						(prepared, ex) -> onPrepared(ex));
			}
		}
		catch (Throwable ex) {
			this.started.completeExceptionally(ex);
		}
		return this.started;
	}

	/**
	 * The recoverer belongs to the application: the caller's thread calls it, and not the
	 * loop.
	 */
	private List<CompletableFuture<Void>> preparations() {
		RecordRecoverer recoverer = this.options.delivery().exhaustedRecoverer();
		List<CompletableFuture<Void>> preparations = new ArrayList<>();
		if (recoverer != null) {
			for (StreamIdentifier stream : this.streams) {
				CompletionStage<?> preparation = recoverer.prepare(stream);
				if (preparation != null) {
					preparations.add(completionOf(preparation));
				}
			}
		}
		return preparations;
	}

	private static CompletableFuture<Void> completionOf(CompletionStage<?> stage) {
		CompletableFuture<Void> completion = new CompletableFuture<>();
		stage.whenComplete((done, ex) -> {
			if (ex != null) {
				completion.completeExceptionally(ex);
			}
			else {
				completion.complete(null);
			}
		});
		return completion;
	}

	private void onPrepared(@Nullable Throwable ex) {
		if (ex != null) {
			this.started.completeExceptionally(Futures.cause(ex));
		}
		else {
			startConsumer();
		}
	}

	private void startConsumer() {
		this.consumer.start().whenComplete((done, ex) -> {
			if (ex != null) {
				this.started.completeExceptionally(ex);
			}
			else {
				this.started.complete(null);
			}
		});
	}

	/**
	 * Fail a start that is still in progress.
	 */
	private void abortStart() {
		this.started.completeExceptionally(new StoppedWhileStartingException(this.listenerId));
	}

	void onStarted() {
		this.startedAt = this.clock.instant();
		this.shardEventPublisher.started();
		scheduleCheck();
	}

	private void scheduleCheck() {
		Duration idleAfter = this.options.delivery().idleAfter();
		Duration stalledAfter = this.options.reader().stalledAfter();
		Duration shorter = (idleAfter.compareTo(stalledAfter) < 0) ? idleAfter : stalledAfter;
		this.loop.schedule(shorter.dividedBy(4), () -> {
			scheduleCheck();
			this.shardEventPublisher.check(this.loop.nanoTime(), idleAfter, stalledAfter);
		});
	}

	ListenerStatus status() {
		Instant since = this.startedAt;
		DeliveryCounts counts = this.shardEventPublisher.counts();
		if (since == null) {
			return new ListenerStatus(ListenerStatus.Phase.STARTING, this.workerId, null, this.createdAt, false,
					Duration.ZERO, List.of(), counts.records(), counts.failures());
		}
		return new ListenerStatus(ListenerStatus.Phase.RUNNING, this.workerId, this.consumer.currentDenial(), since,
				this.consumer.isCutOff(), this.consumer.unclaimed(),
				this.shardEventPublisher.statuses(this.options.reader().stalledAfter()), counts.records(),
				counts.failures());
	}

	/**
	 * Stop, at the latest at the shutdown timeout. It has a loop of its own, so that a
	 * container with a stuck loop ends, too. Callbacks of the stop may run there and
	 * delay no other container.
	 * @param denial what was denied, if that is the reason
	 * @param callback runs at the end
	 */
	CompletableFuture<Void> end(@Nullable Throwable denial, Runnable callback) {
		Duration timeout = this.options.shutdownTimeout();
		CompletableFuture<Void> stopped = this.consumer.stop();
		EventLoop timer = this.scheduler.newLoop("kinesis-stop-" + this.listenerId + "-");
		CompletableFuture<Void> ended = stopped.handle((done, ex) -> {
			timer.close();
			abortStart();
			close();
			callback.run();
			if (ex != null) {
				logger.warn("Listener '" + this.listenerId
						+ "' was still processing records, or waiting for a ShardListener, after its "
						+ "shutdown timeout (" + timeout.toMillis()
						+ "ms). These records are delivered again once its leases have expired");
			}
			else {
				logger.info("Listener '" + this.listenerId + "' has stopped");
			}
			this.shardEventPublisher.stopped(denial, ex != null);
			return null;
		});
		if (!stopped.isDone()) {
			timer.schedule(timeout, () -> stopped.completeExceptionally(new TimeoutException()));
		}
		return ended;
	}

	/**
	 * Stop the loop. Nothing runs afterwards.
	 */
	void close() {
		this.loop.close();
	}

}

package io.kinesisspring.shard;

import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.HeldLease;
import io.kinesisspring.lease.LeaseCoordinator;
import io.kinesisspring.lease.LeaseHolder;
import io.kinesisspring.lease.LeaseOptions;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.lease.LeaseTable;
import io.kinesisspring.lease.ShardDescription;
import io.kinesisspring.lease.ShardListing;
import io.kinesisspring.lease.Worker;
import io.kinesisspring.scheduling.EventLoop;

/**
 * Reads this worker's share of the shards of some streams and hands their records to a
 * handler. Can be started once.
 *
 * @since 0.1.0
 */
public final class StreamConsumer implements LeaseHolder {

	private static final Log logger = LogFactory.getLog(StreamConsumer.class);

	private final Map<String, StreamIdentifier> streams = new LinkedHashMap<>();

	private final ReaderOptions options;

	private final LeaseStore store;

	private final ShardReaderFactory readers;

	private final RecordHandler handler;

	private final EventLoop loop;

	private final BufferBudget budget;

	private final RetryingShardCatalog catalog;

	private final StreamPreparation preparation;

	private final LeaseCoordinator coordinator;

	private final ShardControl shardControl;

	private final AccessDenials accessDenials;

	private final ShardAssignments assignments;

	private final ChildShards children;

	private final ShardOwner shardOwner = new ShardOwner() {

		@Override
		public void onPlaceLost(HeldLease lease) {
			StreamConsumer.this.coordinator.listShards(lease.lease().stream());
		}

		@Override
		public void onEndReached(HeldLease lease, List<ShardDescription> children) {
			StreamConsumer.this.children.add(lease.lease(), children);
		}

		@Override
		public void onFinished(HeldLease lease) {
			if (StreamConsumer.this.shardControl.remove(lease) != null) {
				StreamConsumer.this.options.events().onFinished(lease.lease().stream(), lease.lease().shardId());
			}
		}

		@Override
		public boolean onAccessDenied(HeldLease lease, KinesisException ex) {
			return StreamConsumer.this.accessDenials.add(lease, ex);
		}

		@Override
		public void onAccessAllowed(HeldLease lease) {
			StreamConsumer.this.accessDenials.remove(lease);
		}

	};

	private final Set<String> listed = new HashSet<>();

	private boolean started;

	private volatile boolean stopping;

	/**
	 * Create a consumer.
	 * @param workerId an id that no other start of any worker has
	 * @param streams the streams to read; no two with the same name
	 * @param context calls the service, keeps the leases and runs the consumer
	 * @param options how to coordinate, read and prepare
	 * @param handler gets the records
	 */
	public StreamConsumer(String workerId, List<StreamIdentifier> streams, ConsumerContext context, Options options,
			RecordHandler handler) {
		StreamClient client = context.client();
		streams.forEach((stream) -> this.streams.put(stream.name(), stream));
		this.options = options.reader().withEvents(ShardEvents.all(options.reader().events()));
		this.store = context.store();
		this.handler = new GuardedHandler(handler);
		this.loop = context.loop();
		this.shardControl = new ShardControl(this::create, this.loop);
		this.budget = new BufferBudget(this.options.bufferMemory().toBytes(), this.loop, this.options.events());
		this.readers = new ShardReaderFactory(client, this.options, options.fanOut(), this.loop,
				handler.acceptsLazyRecords());
		this.accessDenials = new AccessDenials(this.options.onAccessDenied());
		this.assignments = new ShardAssignments(this.shardControl, this.handler, this.options, this.loop);
		this.children = new ChildShards(this.loop);
		this.catalog = new RetryingShardCatalog(client.listings(), this.children, this.options.events(), this.loop);
		this.preparation = new StreamPreparation(client, this.catalog, options.streams(), this.loop);
		this.coordinator = new LeaseCoordinator(
				new Worker(workerId, List.copyOf(this.streams.keySet()), options.lease()), this.store, this::list,
				this.loop, this);
	}

	/**
	 * Start reading.
	 * @return completes when the streams exist and the first leases have been claimed;
	 * exceptionally if the start failed, and then nothing runs
	 */
	public CompletableFuture<Void> start() {
		CompletableFuture<Void> store = prepareStore();
		CompletableFuture<Void> streams = this.preparation.prepare(List.copyOf(this.streams.values()))
			.thenComposeAsync((exist) -> this.readers.prepare(this.streams.values()), this.loop);
		return streams
			.exceptionallyCompose((ex) -> store.handle((ready, storeEx) -> null).thenCompose((ended) -> streams))
			.thenComposeAsync((prepared) -> this.coordinator.start(), this.loop)
			.thenRunAsync(() -> this.started = true, this.loop);
	}

	/**
	 * Prepare the lease store while the streams are prepared. If both fail, the failure
	 * of the streams counts, and the start fails when both have ended. A consumer that
	 * waits for its streams prepares the store afterwards, because the wait may be long.
	 * The loop makes the first call, so that the caller's thread can make the others.
	 */
	private CompletableFuture<Void> prepareStore() {
		return this.preparation.isPatient() ? CompletableFuture.completedFuture(null)
				: CompletableFuture.supplyAsync(this.coordinator::prepare, this.loop)
					.thenCompose((preparation) -> preparation);
	}

	/**
	 * Completes if access is denied after the start and is not retried. The consumer does
	 * not stop by itself: stop it then.
	 * @return completes with what was denied and what to do about it, or never
	 */
	public CompletableFuture<KinesisException> fatalDenial() {
		return this.accessDenials.fatal();
	}

	/**
	 * The call that is currently denied and is retried. Safe to call from any thread.
	 * @return what was denied and what to do about it, {@code null} if nothing is
	 */
	public @Nullable KinesisException currentDenial() {
		return this.accessDenials.current();
	}

	/**
	 * Whether it could not reach the lease store for so long that it has stopped
	 * delivering. Safe to call from any thread.
	 * @return {@code true} until it can
	 */
	public boolean isCutOff() {
		return this.coordinator.isCutOff();
	}

	/**
	 * How long there have been shards that no worker reads, as far as this worker has
	 * seen. Safe to call from any thread.
	 * @return how long; zero if there are none
	 */
	public Duration unclaimed() {
		return this.coordinator.unclaimed();
	}

	/**
	 * Stop: drain, checkpoint, release.
	 * @return completes when no shard is held any more
	 */
	public CompletableFuture<Void> stop() {
		this.stopping = true;
		this.preparation.cancel();
		this.loop.execute(this.readers::close);
		return this.coordinator.stop()
			.thenComposeAsync((stopped) -> this.assignments.settled(), this.loop)
			.thenComposeAsync((settled) -> deregister(), this.loop);
	}

	/**
	 * The worker that stops last deregisters the fan-out consumers. A worker that starts
	 * at the same moment registers them again.
	 */
	private CompletableFuture<Void> deregister() {
		if (!this.readers.isDeregisteredOnStop()) {
			return CompletableFuture.completedFuture(null);
		}
		return this.store.load()
			.thenComposeAsync(
					(table) -> isLast(table) ? this.readers.deregister() : CompletableFuture.completedFuture(null),
					this.loop)
			.exceptionally((ex) -> {
				logger.warn(
						"The fan-out consumers stay registered: the lease table, which shows whether other workers need them, could not be read",
						ex);
				return null;
			});
	}

	private boolean isLast(LeaseTable table) {
		return table.groups()
			.stream()
			.allMatch((group) -> group.members().isEmpty()
					|| Collections.disjoint(group.streams(), this.streams.keySet()));
	}

	/**
	 * Consumers that start at about the same time share a listing. A later listing must
	 * be newer than the event that requires it.
	 */
	private CompletableFuture<ShardListing> list(String name) {
		StreamIdentifier stream = stream(name);
		boolean first = this.listed.add(name) && !this.started;
		CompletableFuture<ShardListing> listed = first ? this.catalog.recent(stream) : this.catalog.fresh(stream);
		return listed.handle((listing, ex) -> {
			if (ex != null) {
				throw explain(ex, stream);
			}
			this.loop.execute(() -> this.accessDenials.remove(name));
			return listing;
		});
	}

	private KinesisException explain(Throwable ex, StreamIdentifier stream) {
		KinesisException explain = KinesisFailures.explain(ex, "ListShards", stream);
		if (this.started && KinesisFailures.isDenied(ex)) {
			this.loop.execute(() -> this.accessDenials.add(stream.name(), explain));
		}
		if (this.started && KinesisFailures.isNotFound(ex)) {
			return new KinesisException(
					"The stream '" + stream + "' does not exist any more. Reading restarts if it is created again", ex);
		}
		return explain;
	}

	/**
	 * Stop delivering some shards, after the current record. Their leases are kept, and
	 * shards that are assigned later are not read either.
	 * @param shardSelection the shards
	 * @return completes when none of their records is being processed
	 */
	public CompletableFuture<Void> pause(ShardSelection shardSelection) {
		return this.shardControl.pause(shardSelection);
	}

	/**
	 * Resume some shards after their last processed record: those that are not paused in
	 * another way, and those that a failure has stopped.
	 * @param shardSelection the shards
	 * @return completes when they are read
	 */
	public CompletableFuture<Void> resume(ShardSelection shardSelection) {
		return this.shardControl.resume(shardSelection);
	}

	/**
	 * Continue reading a shard at an earlier or later position, and move its checkpoint
	 * there.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param position where to continue
	 * @return whether this worker holds the shard and has moved it
	 */
	public CompletableFuture<Boolean> seek(String stream, String shardId, Checkpoint position) {
		return this.shardControl.seek(stream, shardId, position);
	}

	/**
	 * The shards that this worker holds.
	 * @return their states, in no order
	 */
	public CompletableFuture<List<ShardState>> shards() {
		return this.shardControl.shards();
	}

	private ShardConsumer create(HeldLease lease, Checkpoint from) {
		ReaderContext context = this.readers.context(stream(lease.lease().stream()), lease.lease().shardId(),
				this.budget.open());
		return new ShardConsumer(lease, context, this.readers.open(context, from), this.handler, this.shardOwner);
	}

	@Override
	public void acquired(HeldLease lease) {
		this.assignments.acquired(lease);
	}

	@Override
	public CompletableFuture<Void> release(HeldLease lease) {
		return this.assignments.release(lease, this.stopping);
	}

	@Override
	public void lost(HeldLease lease) {
		this.assignments.lost(lease);
	}

	@Override
	public void planned(String stream, int wanted, int free) {
		this.options.events().onAssignmentPlanned(stream, wanted, free);
	}

	@Override
	public void rejected(KinesisConfigurationException ex) {
		if (this.started) {
			this.accessDenials.add(this.store, ex);
		}
	}

	@Override
	public void accepted() {
		this.accessDenials.remove(this.store);
	}

	private StreamIdentifier stream(String name) {
		StreamIdentifier stream = this.streams.get(name);
		if (stream == null) {
			throw new IllegalArgumentException("Not one of this consumer's streams: '" + name + "'");
		}
		return stream;
	}

	/**
	 * How a consumer works. Immutable.
	 *
	 * @param lease how to coordinate with other workers
	 * @param reader how to read shards
	 * @param streams what to do if streams do not exist
	 * @param fanOut how to read by enhanced fan-out; {@code null} to poll
	 */
	public record Options(LeaseOptions lease, ReaderOptions reader, StreamOptions streams,
			@Nullable FanOutOptions fanOut) {

	}

}

package io.kinesisspring.shard;

import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;

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

	private final ShardReaders readers;

	private final RecordHandler handler;

	private final EventLoop loop;

	private final BufferBudget budget;

	private final RetryingShardCatalog catalog;

	private final StreamPreparation preparation;

	private final LeaseCoordinator coordinator;

	private final Map<HeldLease, ShardConsumer> consumers = new LinkedHashMap<>();

	private final AccessDenials accessDenials;

	private final AbandonedShards abandoned;

	private final ChildShards children;

	private final ShardConsumer.Owner shardOwner = new ShardConsumer.Owner() {

		@Override
		public void onEndReached(HeldLease lease, List<ShardDescription> children) {
			StreamConsumer.this.children.add(lease.lease(), children);
		}

		@Override
		public void onFinished(HeldLease lease) {
			if (StreamConsumer.this.consumers.remove(lease) != null) {
				StreamConsumer.this.options.observer().ended(lease.lease().stream(), lease.lease().shardId());
				StreamConsumer.this.handler.ended(lease.lease().stream(), lease.lease().shardId());
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

	private boolean started;

	private volatile boolean stopping;

	private final Set<HeldLease> opening = new HashSet<>();

	private final PausedShards pausedShards = new PausedShards();

	/**
	 * Create a consumer.
	 * @param workerId an id that no other start of any worker has
	 * @param streams what to read; no two of one name
	 * @param client calls the service
	 * @param store where the leases are
	 * @param options how to coordinate, read and prepare
	 * @param handler gets the records
	 * @param loop runs everything but the handler's work
	 */
	public StreamConsumer(String workerId, List<StreamIdentifier> streams, StreamClient client, LeaseStore store,
			Options options, RecordHandler handler, EventLoop loop) {
		streams.forEach((stream) -> this.streams.put(stream.name(), stream));
		this.options = options.reader().guarded();
		this.store = store;
		this.handler = new GuardedHandler(handler);
		this.loop = loop;
		this.budget = new BufferBudget(this.options.bufferMemory().toBytes(), loop, this.options.observer());
		this.readers = new ShardReaders(client, this.options, options.fanOut(), loop);
		this.accessDenials = new AccessDenials(this.options.onAccessDenied());
		this.abandoned = new AbandonedShards(this.options.stalledAfter(), loop);
		this.children = new ChildShards(loop);
		this.catalog = new RetryingShardCatalog(client.listings(), this.children, this.options.observer(), loop);
		this.preparation = new StreamPreparation(client, this.catalog, options.streams(), loop);
		this.coordinator = new LeaseCoordinator(workerId, List.copyOf(this.streams.keySet()), options.lease(), store,
				this::list, loop, this);
	}

	/**
	 * Start to read.
	 * @return completes when the streams are there and the first leases have been
	 * claimed; exceptionally if the start failed, and then nothing runs
	 */
	public CompletableFuture<Void> start() {
		return this.preparation.prepare(List.copyOf(this.streams.values()))
			.thenComposeAsync((prepared) -> this.readers.prepare(this.streams.values()), this.loop)
			.thenComposeAsync((prepared) -> this.coordinator.start(), this.loop)
			.thenRunAsync(() -> this.started = true, this.loop);
	}

	/**
	 * Tells when it turned out, after the start, that this identity may not read, and it
	 * is not tried again. The consumer does nothing about it by itself: it should be
	 * stopped.
	 * @return completes with what was denied and what to do about it, or never
	 */
	public CompletableFuture<KinesisException> fatalDenial() {
		return this.accessDenials.fatal();
	}

	/**
	 * What is denied at this moment and is tried again. Safe to call from any thread.
	 * @return what was denied and what to do about it, {@code null} if nothing is
	 */
	public @Nullable KinesisException currentDenial() {
		return this.accessDenials.current();
	}

	/**
	 * Whether it could not reach the lease store for so long that it has stopped to
	 * deliver. Safe to call from any thread.
	 * @return {@code true} until it can
	 */
	public boolean isCutOff() {
		return this.coordinator.isCutOff();
	}

	/**
	 * For how long there have been shards at this moment that nobody reads, as far as
	 * this worker has seen. Safe to call from any thread.
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
		return this.coordinator.stop().thenComposeAsync((stopped) -> deregister(), this.loop);
	}

	/**
	 * Who goes last puts out the light. If another worker starts in this moment it
	 * registers the consumer again.
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
				logger.warn("Whether other workers need the fan-out consumers could not be found out; they stay", ex);
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
	 * All that start at about the same time share a listing; whoever lists later on has a
	 * reason that no older one knows of.
	 */
	private CompletableFuture<ShardListing> list(String name) {
		StreamIdentifier stream = stream(name);
		CompletableFuture<ShardListing> listed = this.started ? this.catalog.fresh(stream)
				: this.catalog.recent(stream);
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
					"The stream '" + stream + "' does not exist any more. It is read again if it is created anew", ex);
		}
		return explain;
	}

	/**
	 * Stop to deliver some shards, behind the record in hand. Their leases are kept, and
	 * those that come later are not read either.
	 * @param shardSelection which
	 * @return completes when nothing of them is being worked on
	 */
	public CompletableFuture<Void> pause(ShardSelection shardSelection) {
		return onLoop(() -> {
			this.pausedShards.pause(shardSelection);
			return CompletableFuture.allOf(selected(shardSelection).map((lease) -> drain(lease, consumer(lease)))
				.toArray(CompletableFuture[]::new));
		});
	}

	private CompletableFuture<Void> drain(HeldLease lease, ShardConsumer consumer) {
		CompletableFuture<Void> drained = consumer.drain();
		activityChanged(lease);
		return drained;
	}

	private void activityChanged(HeldLease lease) {
		ShardState state = state(lease);
		this.options.observer().turned(state.stream(), state.shardId(), state.activity());
	}

	/**
	 * Read some shards again, from behind their last processed record: those that are
	 * paused in no other way, and those that a failure has stopped.
	 * @param shardSelection which
	 * @return completes when they are read
	 */
	public CompletableFuture<Void> resume(ShardSelection shardSelection) {
		return onLoop(() -> {
			this.pausedShards.resume(shardSelection);
			return CompletableFuture.allOf(selected(shardSelection).filter((lease) -> !consumer(lease).isOpen())
				.filter((lease) -> !isPaused(lease))
				.map((lease) -> reopen(lease, null))
				.toArray(CompletableFuture[]::new));
		});
	}

	/**
	 * Read a shard from another position on, before or behind the present one, and move
	 * its checkpoint there.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param position where to go on
	 * @return whether it was this worker's to move
	 */
	public CompletableFuture<Boolean> seek(String stream, String shardId, Checkpoint position) {
		return onLoop(() -> selected(new ShardSelection(stream, shardId)).findFirst()
			.map((lease) -> reopen(lease, position))
			.orElseGet(() -> CompletableFuture.completedFuture(false)));
	}

	/**
	 * The shards that this worker holds.
	 * @return how they stand, in no order
	 */
	public CompletableFuture<List<ShardState>> shards() {
		return onLoop(
				() -> CompletableFuture.completedFuture(this.consumers.keySet().stream().map(this::state).toList()));
	}

	private ShardState state(HeldLease lease) {
		ShardState.Activity activity = isPaused(lease) ? ShardState.Activity.PAUSED : ShardState.Activity.READING;
		return new ShardState(lease.lease().stream(), lease.lease().shardId(), lease.lease().checkpoint(),
				consumer(lease).isStopped() ? ShardState.Activity.STOPPED : activity);
	}

	private <T> CompletableFuture<T> onLoop(Supplier<CompletableFuture<T>> action) {
		return CompletableFuture.supplyAsync(action, this.loop).thenCompose((outcome) -> outcome);
	}

	private Stream<HeldLease> selected(ShardSelection shardSelection) {
		return List.copyOf(this.consumers.keySet())
			.stream()
			.filter((lease) -> shardSelection.includes(lease.lease().stream(), lease.lease().shardId()));
	}

	private ShardConsumer consumer(HeldLease lease) {
		return Objects.requireNonNull(this.consumers.get(lease));
	}

	private boolean isPaused(HeldLease lease) {
		return this.pausedShards.isPaused(lease.lease().stream(), lease.lease().shardId());
	}

	/**
	 * A shard that is released or lost meanwhile is not opened again.
	 */
	private CompletableFuture<Boolean> reopen(HeldLease lease, @Nullable Checkpoint position) {
		ShardConsumer before = consumer(lease);
		return before.close()
			.thenCompose((reached) -> (position != null) ? lease.checkpoint(position)
					: CompletableFuture.completedFuture(true))
			.handleAsync((stored, ex) -> {
				if (Boolean.FALSE.equals(stored) || this.consumers.get(lease) != before) {
					return false;
				}
				Checkpoint from = (position != null && ex == null) ? position : before.reached();
				open(lease, from);
				if (ex != null) {
					throw new KinesisException("The checkpoint of " + lease + " could not be moved to " + position, ex);
				}
				return true;
			}, this.loop);
	}

	private void open(HeldLease lease, Checkpoint from) {
		ShardBuffer buffer = this.budget.open();
		ShardReader reader = this.readers.open(stream(lease.lease().stream()), lease.lease().shardId(), from, buffer);
		ShardConsumer consumer = new ShardConsumer(lease, reader, this.handler, this.loop, buffer, this.options,
				this.shardOwner);
		this.consumers.put(lease, consumer);
		if (isPaused(lease)) {
			drain(lease, consumer);
		}
		else {
			activityChanged(lease);
			consumer.start(from);
		}
	}

	@Override
	public void acquired(HeldLease lease) {
		this.opening.add(lease);
		this.options.observer().acquired(lease.lease().stream(), lease.lease().shardId());
		String stream = lease.lease().stream();
		String shardId = lease.lease().shardId();
		this.loop.on(this.handler.assigned(stream, shardId),
				(assigned, ex) -> this.loop.on(this.abandoned.whenFree(stream, shardId), (free, failure) -> {
					if (this.opening.remove(lease)) {
						open(lease, lease.lease().checkpoint());
					}
				}));
	}

	@Override
	public CompletableFuture<Void> release(HeldLease lease) {
		ShardConsumer consumer = this.consumers.remove(lease);
		if (!this.opening.remove(lease) && consumer == null) {
			return CompletableFuture.completedFuture(null);
		}
		CompletableFuture<Void> drained = (consumer != null) ? consumer.drain()
				: this.abandoned.whenFree(lease.lease().stream(), lease.lease().shardId());
		return drained.thenRunAsync(() -> {
			this.options.observer().handedOver(lease.lease().stream(), lease.lease().shardId(), this.stopping);
			this.handler.lost(lease.lease().stream(), lease.lease().shardId());
		}, this.loop);
	}

	@Override
	public void lost(HeldLease lease) {
		ShardConsumer consumer = this.consumers.remove(lease);
		if (consumer != null) {
			consumer.abandon();
			this.abandoned.add(lease.lease().stream(), lease.lease().shardId(), consumer.whenIdle());
		}
		if (this.opening.remove(lease) || consumer != null) {
			this.options.observer().lost(lease.lease().stream(), lease.lease().shardId());
			this.handler.lost(lease.lease().stream(), lease.lease().shardId());
		}
	}

	@Override
	public void planned(String stream, int wanted, int free) {
		this.options.observer().planned(stream, wanted, free);
	}

	@Override
	public void refused(KinesisConfigurationException ex) {
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
	 * @param streams what to do about streams that do not exist
	 * @param fanOut how to read by enhanced fan-out; {@code null} to poll
	 */
	public record Options(LeaseOptions lease, ReaderOptions reader, StreamOptions streams,
			@Nullable FanOutOptions fanOut) {

	}

}

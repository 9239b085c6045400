package io.kinesisspring.shard;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.HeldLease;
import io.kinesisspring.lease.LeaseCoordinator;
import io.kinesisspring.lease.LeaseHolder;
import io.kinesisspring.lease.LeaseOptions;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.lease.ShardListing;
import io.kinesisspring.scheduling.EventLoop;

/**
 * Reads this worker's share of the shards of some streams and hands their records to a
 * handler. Can be started once.
 *
 * @since 0.1.0
 */
public final class StreamConsumer implements LeaseHolder {

	private final Map<String, StreamIdentifier> streams = new LinkedHashMap<>();

	private final StreamClient client;

	private final ReaderOptions options;

	private final RecordHandler handler;

	private final EventLoop loop;

	private final BufferBudget budget;

	private final PatientCatalog catalog;

	private final StreamPreparation preparation;

	private final LeaseCoordinator coordinator;

	private final Map<HeldLease, ShardConsumer> consumers = new LinkedHashMap<>();

	private final CompletableFuture<KinesisException> denial = new CompletableFuture<>();

	private final ShardConsumer.Owner shardOwner = new ShardConsumer.Owner() {

		@Override
		public void finished(HeldLease lease) {
			StreamConsumer.this.consumers.remove(lease);
		}

		@Override
		public void denied(KinesisException ex) {
			StreamConsumer.this.denial.complete(ex);
		}

	};

	private boolean started;

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
		this.client = client;
		this.options = options.reader();
		this.handler = handler;
		this.loop = loop;
		this.budget = new BufferBudget(options.reader().bufferMemory());
		this.catalog = new PatientCatalog(client.listings(), options.reader().observer(), loop);
		this.preparation = new StreamPreparation(client, this.catalog, options.missingStream(), options.createShards(),
				loop);
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
			.thenComposeAsync((prepared) -> this.coordinator.start(), this.loop)
			.thenRunAsync(() -> this.started = true, this.loop);
	}

	/**
	 * Tells when it turned out, after the start, that this identity may not read. The
	 * consumer does nothing about it by itself: it should be stopped.
	 * @return completes with what was denied and what to do about it, or never
	 */
	public CompletableFuture<KinesisException> denial() {
		return this.denial;
	}

	/**
	 * Stop: drain, checkpoint, release.
	 * @return completes when no shard is held any more
	 */
	public CompletableFuture<Void> stop() {
		this.preparation.cancel();
		return this.coordinator.stop();
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
				throw explained(ex, stream);
			}
			return listing;
		});
	}

	private KinesisException explained(Throwable ex, StreamIdentifier stream) {
		KinesisException explained = KinesisFailures.explain(ex, "ListShards", stream);
		if (this.started && KinesisFailures.isDenied(ex)) {
			this.denial.complete(explained);
		}
		return explained;
	}

	@Override
	public void acquired(HeldLease lease) {
		PollingShardReader reader = new PollingShardReader(this.client, stream(lease.lease().stream()),
				lease.lease().shardId(), lease.lease().checkpoint(), this.options, this.loop, this.budget);
		ShardConsumer consumer = new ShardConsumer(lease, reader, this.handler, this.loop, this.budget, this.options,
				this.shardOwner);
		this.consumers.put(lease, consumer);
		consumer.start();
	}

	@Override
	public CompletableFuture<Void> release(HeldLease lease) {
		ShardConsumer consumer = this.consumers.remove(lease);
		return (consumer != null) ? consumer.drain() : CompletableFuture.completedFuture(null);
	}

	@Override
	public void lost(HeldLease lease) {
		ShardConsumer consumer = this.consumers.remove(lease);
		if (consumer != null) {
			consumer.abandon();
		}
	}

	@Override
	public void refused(KinesisConfigurationException ex) {
		if (this.started) {
			this.denial.complete(ex);
		}
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
	 * @param missingStream what to do about a stream that does not exist
	 * @param createShards how many shards to create a missing stream with; 0 for an
	 * on-demand stream
	 */
	public record Options(LeaseOptions lease, ReaderOptions reader, MissingStream missingStream, int createShards) {

	}

}

package io.kinesisspring.listener;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.shard.RecordHandler;
import io.kinesisspring.shard.ShardSession;

/**
 * Passes the records of a container's shards to its listener. The options decide which
 * delivery each session gets: in the order of the shard, or by keys.
 */
final class RecordDispatcher implements RecordHandler {

	private final Map<ShardSession, ShardDelivery> deliveries = new ConcurrentHashMap<>();

	private final DeliveryContext context;

	private final ShardEventPublisher shardEventPublisher;

	RecordDispatcher(DeliveryContext context) {
		this.context = context;
		this.shardEventPublisher = context.shardEventPublisher();
	}

	@Override
	public CompletableFuture<Void> handle(List<KinesisRecord<byte[]>> records, ShardSession session) {
		return this.deliveries.computeIfAbsent(session, this::deliveryOf).deliver(records);
	}

	/**
	 * Records that the listener acknowledges in the order of the shard are needed on the
	 * loop, which is not to decode them.
	 */
	@Override
	public boolean acceptsLazyRecords() {
		return !this.context.options().inOrder() || this.context.options().ackMode() != AckMode.MANUAL;
	}

	private ShardDelivery deliveryOf(ShardSession session) {
		ShardProgressMonitor shardMonitor = this.shardEventPublisher.monitor(session.stream(), session.shardId());
		return this.context.options().inOrder() ? new BatchDelivery(this.context, session, shardMonitor, this::share)
				: new KeyedDelivery(this.context, session, shardMonitor, this::share);
	}

	private long share() {
		return this.context.memoryOfShards() / Math.max(1, this.shardEventPublisher.shards());
	}

	@Override
	public CompletableFuture<Void> closed(ShardSession session) {
		this.shardEventPublisher.closed(session.stream(), session.shardId());
		ShardDelivery delivery = this.deliveries.remove(session);
		return (delivery != null) ? delivery.close() : CompletableFuture.completedFuture(null);
	}

	@Override
	public CompletableFuture<@Nullable Checkpoint> assigned(String stream, String shardId) {
		return this.shardEventPublisher.assigned(stream, shardId);
	}

	@Override
	public CompletableFuture<Void> ended(ShardSession session) {
		ShardDelivery delivery = this.deliveries.get(session);
		CompletableFuture<Void> delivered = (delivery != null) ? delivery.whenDelivered()
				: CompletableFuture.completedFuture(null);
		return delivered.thenCompose(
				(done) -> session.isActive() ? this.shardEventPublisher.ended(session.stream(), session.shardId())
						: CompletableFuture.completedFuture(null));
	}

	@Override
	public CompletableFuture<Void> revoked(String stream, String shardId) {
		return this.shardEventPublisher.revoked(stream, shardId);
	}

	@Override
	public CompletableFuture<Void> lost(String stream, String shardId) {
		return this.shardEventPublisher.lost(stream, shardId);
	}

}

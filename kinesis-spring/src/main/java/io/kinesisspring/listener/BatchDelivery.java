package io.kinesisspring.listener;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.shard.ShardSession;

/**
 * Delivers the batches of a session one after the other, in the order of the shard.
 * Confined to the container's loop.
 */
final class BatchDelivery implements ShardDelivery {

	private final DeliveryContext context;

	private final ShardSession session;

	private final Progress progress;

	private final ExecutorHandoff executorHandoff;

	private final ConcurrencyLimit concurrencyLimit;

	private final ShardProgressMonitor shardMonitor;

	private final @Nullable UnacknowledgedLimit unacknowledged;

	/**
	 * Create a delivery.
	 * @param share how many bytes the shard may keep while more is read
	 */
	BatchDelivery(DeliveryContext context, ShardSession session, ShardProgressMonitor shardMonitor,
			LongSupplier share) {
		this.context = context;
		this.session = session;
		if (context.options().ackMode() == AckMode.MANUAL) {
			WatermarkProgress manual = new WatermarkProgress(session, true, true, this::acknowledged);
			this.unacknowledged = new UnacknowledgedLimit(session, manual::unacknowledged, share);
			this.progress = manual;
			shardMonitor.trackUnacknowledged(manual::unacknowledged);
		}
		else {
			this.unacknowledged = null;
			this.progress = new InOrderProgress(session, context.options().ackMode());
		}
		this.executorHandoff = new ExecutorHandoff(context, session, shardMonitor);
		this.concurrencyLimit = new ConcurrencyLimit(1, this.executorHandoff, () -> {
		});
		this.shardMonitor = shardMonitor;
	}

	private void acknowledged() {
		this.shardMonitor.acknowledged();
		if (this.unacknowledged != null) {
			this.unacknowledged.acknowledged();
		}
	}

	@Override
	public CompletableFuture<Void> deliver(List<KinesisRecord<byte[]>> records) {
		this.progress.add(records);
		return new OrderedDelivery(records, this.context, this.progress, this.session, this.concurrencyLimit,
				this.shardMonitor)
			.begin()
			.thenCompose((whole) -> (this.unacknowledged != null) ? this.unacknowledged.waitForCapacity()
					: CompletableFuture.completedFuture(null));
	}

	@Override
	public CompletableFuture<Void> whenDelivered() {
		return CompletableFuture.completedFuture(null);
	}

	/**
	 * A session ends only after its last batch.
	 */
	@Override
	public CompletableFuture<Void> close() {
		this.executorHandoff.close();
		return CompletableFuture.completedFuture(null);
	}

}

package io.kinesisspring.shard;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.lease.HeldLease;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.FullJitter;
import io.kinesisspring.scheduling.Futures;

/**
 * Opens the shards of the leases that this worker acquires, and closes those of the
 * leases that it releases or loses. The handler is notified in this order: a shard is
 * assigned, its records follow, and none follows once the shard has ended or was revoked
 * or lost. Confined to the container's loop.
 */
final class ShardAssignments {

	private static final Log logger = LogFactory.getLog(StreamConsumer.class);

	private final ShardControl shardControl;

	private final RecordHandler handler;

	private final ShardEvents events;

	private final AbandonedShards abandoned;

	private final EventLoop loop;

	private final FullJitter backOff;

	private final Map<HeldLease, Opening> opening = new HashMap<>();

	private final Map<HeldLease, Leaving> leaving = new HashMap<>();

	ShardAssignments(ShardControl shardControl, RecordHandler handler, ReaderOptions options, EventLoop loop) {
		this.shardControl = shardControl;
		this.handler = handler;
		this.events = options.events();
		this.abandoned = new AbandonedShards(options.stalledAfter(), loop);
		this.loop = loop;
		this.backOff = new FullJitter(Duration.ofMillis(200), Duration.ofSeconds(30), loop.random());
	}

	void acquired(HeldLease lease) {
		Opening shard = new Opening();
		this.opening.put(lease, shard);
		this.events.onAcquired(stream(lease), shardId(lease));
		this.loop.on(this.abandoned.whenFree(stream(lease), shardId(lease)), (free, ex) -> assign(lease, shard));
	}

	/**
	 * Without the handler's agreement no record is delivered, because the handler may
	 * have to restore what it keeps for the shard.
	 */
	private void assign(HeldLease lease, Opening shard) {
		if (this.opening.get(lease) != shard) {
			return;
		}
		shard.handlerCalled = true;
		this.loop.on(this.handler.assigned(stream(lease), shardId(lease)), (position, ex) -> {
			if (this.opening.get(lease) != shard) {
				return;
			}
			if (ex != null) {
				assignmentFailed(lease, shard, Futures.cause(ex));
				return;
			}
			this.opening.remove(lease);
			this.shardControl.assign(lease, position);
		});
	}

	private void assignmentFailed(HeldLease lease, Opening shard, Throwable ex) {
		shard.failures++;
		if (shard.failures == 1) {
			logger.error("A ShardListener failed to take " + lease
					+ ". It is called again, and no record of the shard is delivered before", ex);
		}
		this.events.onReadDelayed(stream(lease), shardId(lease), ex);
		this.loop.schedule(Duration.ofNanos(this.backOff.pauseNanos(shard.failures)), () -> assign(lease, shard));
	}

	/**
	 * Release a shard: finish its records in progress, let the handler store what it
	 * keeps, and write the checkpoint.
	 * @param stopping whether this worker stops
	 * @return completes when nothing is written any more
	 */
	CompletableFuture<Void> release(HeldLease lease, boolean stopping) {
		ShardConsumer consumer = this.shardControl.remove(lease);
		Opening shard = this.opening.remove(lease);
		if (consumer == null && shard == null) {
			return CompletableFuture.completedFuture(null);
		}
		if (shard != null && !shard.handlerCalled) {
			return this.abandoned.whenFree(stream(lease), shardId(lease))
				.thenRunAsync(() -> this.events.onReleased(stream(lease), shardId(lease), stopping), this.loop);
		}
		Leaving left = new Leaving();
		this.leaving.put(lease, left);
		CompletableFuture<Void> settled = (consumer != null) ? consumer.settle()
				: CompletableFuture.completedFuture(null);
		settled.thenComposeAsync((none) -> revoke(lease, consumer, left, stopping), this.loop)
			.whenCompleteAsync((none, ex) -> {
				this.leaving.remove(lease);
				left.done.complete(null);
			}, this.loop);
		return left.done;
	}

	private CompletableFuture<Void> revoke(HeldLease lease, @Nullable ShardConsumer consumer, Leaving left,
			boolean stopping) {
		if (consumer != null && consumer.isFinished()) {
			this.events.onFinished(stream(lease), shardId(lease));
			return CompletableFuture.completedFuture(null);
		}
		if (!lease.isValid()) {
			return notifyLost(lease, left);
		}
		return this.handler.revoked(stream(lease), shardId(lease))
			.handle((revoked, ex) -> null)
			.thenComposeAsync(
					(revoked) -> (consumer != null) ? consumer.close() : CompletableFuture.completedFuture(null),
					this.loop)
			.thenComposeAsync((closed) -> {
				if (!lease.isValid()) {
					return notifyLost(lease, left);
				}
				this.events.onReleased(stream(lease), shardId(lease), stopping);
				return CompletableFuture.completedFuture(null);
			}, this.loop);
	}

	private CompletableFuture<Void> notifyLost(HeldLease lease, Leaving left) {
		if (!left.lost) {
			left.lost = true;
			this.events.onLost(stream(lease), shardId(lease));
		}
		return this.handler.lost(stream(lease), shardId(lease));
	}

	void lost(HeldLease lease) {
		ShardConsumer consumer = this.shardControl.remove(lease);
		Opening shard = this.opening.remove(lease);
		Leaving left = this.leaving.get(lease);
		if (consumer != null) {
			consumer.abandon();
			this.events.onLost(stream(lease), shardId(lease));
			this.abandoned.add(stream(lease), shardId(lease), consumer.whenIdle(),
					() -> this.handler.lost(stream(lease), shardId(lease)));
		}
		else if (shard != null) {
			this.events.onLost(stream(lease), shardId(lease));
			if (shard.handlerCalled) {
				this.handler.lost(stream(lease), shardId(lease));
			}
		}
		else if (left != null && !left.lost) {
			left.lost = true;
			this.events.onLost(stream(lease), shardId(lease));
			this.abandoned.add(stream(lease), shardId(lease), left.done, () -> {
			});
		}
	}

	/**
	 * Completes when no record of a lost shard is being processed any more.
	 */
	CompletableFuture<Void> settled() {
		return this.abandoned.whenAllFree();
	}

	private static String stream(HeldLease lease) {
		return lease.lease().stream();
	}

	private static String shardId(HeldLease lease) {
		return lease.lease().shardId();
	}

	/**
	 * A shard that is not read yet.
	 */
	private static final class Opening {

		private boolean handlerCalled;

		private int failures;

	}

	/**
	 * A shard that is being released.
	 */
	private static final class Leaving {

		private final CompletableFuture<Void> done = new CompletableFuture<>();

		private boolean lost;

	}

}

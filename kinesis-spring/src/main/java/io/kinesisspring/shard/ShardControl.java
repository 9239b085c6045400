package io.kinesisspring.shard;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.HeldLease;
import io.kinesisspring.scheduling.EventLoop;

/**
 * Opens, pauses, resumes and moves the shards that this worker holds. Public methods of
 * {@link StreamConsumer} of the same names may be called from any thread; everything else
 * is confined to the container's loop.
 */
final class ShardControl {

	private final Map<HeldLease, ShardConsumer> consumers = new LinkedHashMap<>();

	private final PausedShards pausedShards = new PausedShards();

	private final BiFunction<HeldLease, Checkpoint, ShardConsumer> factory;

	private final EventLoop loop;

	/**
	 * Create a control.
	 * @param factory creates the consumer of a shard that starts at a checkpoint
	 */
	ShardControl(BiFunction<HeldLease, Checkpoint, ShardConsumer> factory, EventLoop loop) {
		this.factory = factory;
		this.loop = loop;
	}

	/**
	 * Open a shard at its checkpoint, or at another position that takes its place.
	 */
	void assign(HeldLease lease, @Nullable Checkpoint position) {
		Checkpoint stored = lease.lease().checkpoint();
		open(lease, (position != null) ? position : stored);
		if (position != null && !position.equals(stored)) {
			consumer(lease).onPositionMoved(position);
		}
	}

	private void open(HeldLease lease, Checkpoint from) {
		ShardConsumer consumer = this.factory.apply(lease, from);
		this.consumers.put(lease, consumer);
		if (isPaused(lease)) {
			consumer.pause();
		}
		else {
			consumer.start(from);
		}
	}

	@Nullable ShardConsumer remove(HeldLease lease) {
		return this.consumers.remove(lease);
	}

	CompletableFuture<Void> pause(ShardSelection selection) {
		return onLoop(() -> {
			this.pausedShards.pause(selection);
			return CompletableFuture
				.allOf(selected(selection).map((lease) -> consumer(lease).pause()).toArray(CompletableFuture[]::new));
		});
	}

	CompletableFuture<Void> resume(ShardSelection selection) {
		return onLoop(() -> {
			this.pausedShards.resume(selection);
			return CompletableFuture.allOf(selected(selection).filter((lease) -> !consumer(lease).isOpen())
				.filter((lease) -> !isPaused(lease))
				.map((lease) -> reopen(lease, null))
				.toArray(CompletableFuture[]::new));
		});
	}

	CompletableFuture<Boolean> seek(String stream, String shardId, Checkpoint position) {
		return onLoop(() -> selected(new ShardSelection(stream, shardId)).findFirst()
			.map((lease) -> reopen(lease, position))
			.orElseGet(() -> CompletableFuture.completedFuture(false)));
	}

	CompletableFuture<List<ShardState>> shards() {
		return onLoop(() -> CompletableFuture
			.completedFuture(this.consumers.values().stream().map(ShardConsumer::state).toList()));
	}

	private <T> CompletableFuture<T> onLoop(Supplier<CompletableFuture<T>> action) {
		return CompletableFuture.completedFuture(null).thenComposeAsync((none) -> action.get(), this.loop);
	}

	private Stream<HeldLease> selected(ShardSelection selection) {
		return List.copyOf(this.consumers.keySet())
			.stream()
			.filter((lease) -> selection.includes(lease.lease().stream(), lease.lease().shardId()));
	}

	private ShardConsumer consumer(HeldLease lease) {
		return Objects.requireNonNull(this.consumers.get(lease));
	}

	private boolean isPaused(HeldLease lease) {
		return this.pausedShards.isPaused(lease.lease().stream(), lease.lease().shardId());
	}

	/**
	 * A shard that is released or lost in the meantime is not opened again.
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
				open(lease, (position != null && ex == null) ? position : before.reached());
				if (ex != null) {
					throw new KinesisException("The checkpoint of " + lease + " could not be moved to " + position, ex);
				}
				return true;
			}, this.loop);
	}

}

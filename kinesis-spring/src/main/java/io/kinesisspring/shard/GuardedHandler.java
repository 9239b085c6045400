package io.kinesisspring.shard;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.lease.Checkpoint;

/**
 * Turns any exception or {@link Error} that a handler throws into a failed future.
 */
final class GuardedHandler implements RecordHandler {

	private final RecordHandler delegate;

	GuardedHandler(RecordHandler delegate) {
		this.delegate = delegate;
	}

	private static <T extends @Nullable Object> CompletableFuture<T> guard(Supplier<CompletableFuture<T>> action) {
		try {
			return action.get();
		}
		catch (Throwable ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	@Override
	public CompletableFuture<Void> handle(List<KinesisRecord<byte[]>> records, ShardSession session) {
		return guard(() -> this.delegate.handle(records, session));
	}

	@Override
	public CompletableFuture<Void> closed(ShardSession session) {
		return guard(() -> this.delegate.closed(session));
	}

	@Override
	public CompletableFuture<@Nullable Checkpoint> assigned(String stream, String shardId) {
		return guard(() -> this.delegate.assigned(stream, shardId));
	}

	@Override
	public CompletableFuture<Void> ended(ShardSession session) {
		return guard(() -> this.delegate.ended(session));
	}

	@Override
	public CompletableFuture<Void> revoked(String stream, String shardId) {
		return guard(() -> this.delegate.revoked(stream, shardId));
	}

	@Override
	public CompletableFuture<Void> lost(String stream, String shardId) {
		return guard(() -> this.delegate.lost(stream, shardId));
	}

}

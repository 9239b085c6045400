package io.kinesisspring.shard;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import io.kinesisspring.KinesisRecord;

/**
 * Turns any exception or {@link Error} that a handler throws into a failed future.
 */
final class GuardedHandler implements RecordHandler {

	private final RecordHandler delegate;

	GuardedHandler(RecordHandler delegate) {
		this.delegate = delegate;
	}

	private static CompletableFuture<Void> guard(Supplier<CompletableFuture<Void>> action) {
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
	public CompletableFuture<Void> assigned(String stream, String shardId) {
		return guard(() -> this.delegate.assigned(stream, shardId));
	}

}

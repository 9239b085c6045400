package io.kinesisspring.listener;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.shard.RecordHandler;
import io.kinesisspring.shard.ShardSession;

/**
 * A handler that does what another does, for those that change one thing about it.
 */
class DelegatingRecordHandler implements RecordHandler {

	private final RecordHandler delegate;

	DelegatingRecordHandler(RecordHandler delegate) {
		this.delegate = delegate;
	}

	@Override
	public CompletableFuture<Void> handle(List<KinesisRecord<byte[]>> records, ShardSession session) {
		return this.delegate.handle(records, session);
	}

	@Override
	public CompletableFuture<Void> closed(ShardSession session) {
		return this.delegate.closed(session);
	}

	@Override
	public CompletableFuture<@Nullable Checkpoint> assigned(String stream, String shardId) {
		return this.delegate.assigned(stream, shardId);
	}

	@Override
	public CompletableFuture<Void> ended(ShardSession session) {
		return this.delegate.ended(session);
	}

	@Override
	public CompletableFuture<Void> revoked(String stream, String shardId) {
		return this.delegate.revoked(stream, shardId);
	}

	@Override
	public CompletableFuture<Void> lost(String stream, String shardId) {
		return this.delegate.lost(stream, shardId);
	}

}

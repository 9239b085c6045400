package io.kinesisspring.shard;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.kinesisspring.KinesisRecord;

/**
 * Lets nothing that a handler throws at its caller, an {@link Error} neither, leave a
 * shard half way: what is only told is passed over, and logged once until it is heard
 * again; a batch whose handling could not begin has failed. Confined to the container's
 * loop.
 */
final class GuardedHandler implements RecordHandler {

	private static final Log logger = LogFactory.getLog(GuardedHandler.class);

	private final RecordHandler delegate;

	private boolean failing;

	GuardedHandler(RecordHandler delegate) {
		this.delegate = delegate;
	}

	private void tell(String shardId, Runnable telling) {
		try {
			telling.run();
			this.failing = false;
		}
		catch (Throwable ex) {
			if (!this.failing) {
				this.failing = true;
				logger.error("Shard '" + shardId + "': " + this.delegate.getClass().getName()
						+ " has thrown an exception when it was told what becomes of the shard. Reading goes on", ex);
			}
		}
	}

	private static CompletableFuture<Void> begin(Supplier<CompletableFuture<Void>> action) {
		try {
			return action.get();
		}
		catch (Throwable ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	@Override
	public CompletableFuture<Void> handle(List<KinesisRecord<byte[]>> records, ShardSession session) {
		return begin(() -> this.delegate.handle(records, session));
	}

	@Override
	public CompletableFuture<Void> closed(ShardSession session) {
		return begin(() -> this.delegate.closed(session));
	}

	@Override
	public CompletableFuture<Void> assigned(String stream, String shardId) {
		return begin(() -> this.delegate.assigned(stream, shardId));
	}

	@Override
	public void opened(String stream, String shardId) {
		tell(shardId, () -> this.delegate.opened(stream, shardId));
	}

	@Override
	public void stopped(String stream, String shardId, Throwable reason) {
		tell(shardId, () -> this.delegate.stopped(stream, shardId, reason));
	}

	@Override
	public void read(String stream, String shardId, int records, long millisBehindLatest) {
		tell(shardId, () -> this.delegate.read(stream, shardId, records, millisBehindLatest));
	}

	@Override
	public void delayed(String stream, String shardId, Throwable cause) {
		tell(shardId, () -> this.delegate.delayed(stream, shardId, cause));
	}

	@Override
	public void lost(String stream, String shardId) {
		tell(shardId, () -> this.delegate.lost(stream, shardId));
	}

	@Override
	public void ended(String stream, String shardId) {
		tell(shardId, () -> this.delegate.ended(stream, shardId));
	}

}

package io.kinesisspring.shard;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.scheduling.EventLoop;

/**
 * Creates the readers of a consumer's shards in its current read mode. Confined to the
 * container's loop.
 */
final class ShardReaderFactory {

	private final StreamClient client;

	private final ReaderOptions options;

	private final @Nullable FanOutOptions fanOut;

	private final EventLoop loop;

	private final boolean lazy;

	private final Map<String, FanOutAccess> accesses = new LinkedHashMap<>();

	/**
	 * Create a factory.
	 * @param fanOut how to read by fan-out; {@code null} to poll
	 * @param lazy whether records may be decoded when they are delivered
	 */
	ShardReaderFactory(StreamClient client, ReaderOptions options, @Nullable FanOutOptions fanOut, EventLoop loop,
			boolean lazy) {
		this.client = client;
		this.options = options;
		this.fanOut = fanOut;
		this.loop = loop;
		this.lazy = lazy;
		if (fanOut != null) {
			client.prepareSubscriptions();
		}
	}

	/**
	 * Prepare reading, once.
	 * @return completes when the streams can be read; exceptionally when they cannot
	 */
	CompletableFuture<Void> prepare(Collection<StreamIdentifier> streams) {
		if (this.fanOut == null) {
			return CompletableFuture.completedFuture(null);
		}
		for (StreamIdentifier stream : streams) {
			this.accesses.put(stream.name(),
					new FanOutAccess(stream, this.client, this.fanOut, this.options.events(), this.loop));
		}
		return all(this.accesses.values().stream().map(FanOutAccess::open).toList());
	}

	private static CompletableFuture<Void> all(List<CompletableFuture<Void>> outcomes) {
		return CompletableFuture.allOf(outcomes.toArray(CompletableFuture[]::new));
	}

	ReaderContext context(StreamIdentifier stream, String shardId, ShardBuffer buffer) {
		return new ReaderContext(this.client, stream, shardId, this.options, this.loop, buffer, this.lazy);
	}

	ShardReader open(ReaderContext context, Checkpoint from) {
		FanOutAccess access = this.accesses.get(context.stream().name());
		return (access == null || access.isPolled()) ? new PollingShardReader(context, from)
				: new FanOutShardReader(context, from, access);
	}

	/**
	 * Stop preparing.
	 */
	void close() {
		this.accesses.values().forEach(FanOutAccess::close);
	}

	/**
	 * Whether to deregister the fan-out consumers when no worker needs them any longer.
	 */
	boolean isDeregisteredOnStop() {
		return this.fanOut != null && this.fanOut.deregisterOnStop();
	}

	CompletableFuture<Void> deregister() {
		return all(this.accesses.values().stream().map(FanOutAccess::deregister).toList());
	}

}

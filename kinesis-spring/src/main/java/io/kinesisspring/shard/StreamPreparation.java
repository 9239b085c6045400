package io.kinesisspring.shard;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.FullJitter;

/**
 * Makes sure that streams exist before they are read. Confined to the container's loop.
 */
final class StreamPreparation {

	private static final Log logger = LogFactory.getLog(StreamPreparation.class);

	private final StreamClient client;

	private final RetryingShardCatalog catalog;

	private final StreamOptions options;

	private final EventLoop loop;

	private final FullJitter backOff;

	private int checks;

	private volatile boolean cancelled;

	StreamPreparation(StreamClient client, RetryingShardCatalog catalog, StreamOptions options, EventLoop loop) {
		this.client = client;
		this.catalog = catalog;
		this.options = options;
		this.loop = loop;
		this.backOff = new FullJitter(Duration.ofSeconds(1), Duration.ofSeconds(5), loop.random());
	}

	CompletableFuture<Void> prepare(List<StreamIdentifier> streams) {
		return CompletableFuture.allOf(streams.stream().map(this::prepare).toArray(CompletableFuture[]::new));
	}

	/**
	 * Whether it waits for streams that do not exist, however long that takes.
	 */
	boolean isPatient() {
		return this.options.onMissing() == OnMissingStream.WAIT;
	}

	/**
	 * Stop waiting. The returned future never completes.
	 */
	void cancel() {
		this.cancelled = true;
	}

	private CompletableFuture<Void> prepare(StreamIdentifier stream) {
		CompletableFuture<Void> ready = new CompletableFuture<>();
		check(stream, ready, true);
		return ready;
	}

	private void check(StreamIdentifier stream, CompletableFuture<Void> ready, boolean first) {
		if (this.cancelled) {
			return;
		}
		this.loop.on(this.catalog.recent(stream), (listing, ex) -> {
			if (ex == null) {
				ready.complete(null);
			}
			else if (KinesisFailures.isInUse(ex)) {
				checkLater(stream, ready);
			}
			else if (KinesisFailures.isNotFound(ex) && this.options.onMissing() == OnMissingStream.WAIT) {
				if (first) {
					logger.warn("The stream '" + stream + "' does not exist yet. Waiting for it");
				}
				checkLater(stream, ready);
			}
			else if (KinesisFailures.isNotFound(ex) && this.options.onMissing() == OnMissingStream.CREATE) {
				create(stream, ready);
			}
			else {
				ready.completeExceptionally(KinesisFailures.explain(ex, "ListShards", stream));
			}
		});
	}

	private void create(StreamIdentifier stream, CompletableFuture<Void> ready) {
		this.loop.on(this.client.createStream(stream, this.options.createShards()),
				(created, ex) -> whenCreated(stream, ready, ex));
	}

	private void whenCreated(StreamIdentifier stream, CompletableFuture<Void> ready, @Nullable Throwable ex) {
		if (ex != null && !KinesisFailures.isInUse(ex)) {
			ready.completeExceptionally(KinesisFailures.explain(ex, "CreateStream", stream));
			return;
		}
		logger.info("The stream '" + stream + "' " + ((ex != null) ? "is being created by another worker"
				: "has been created with " + capacity(this.options.createShards())));
		checkLater(stream, ready);
	}

	private static String capacity(@Nullable Integer shards) {
		return (shards != null) ? shards + ((shards == 1) ? " shard" : " shards") : "on-demand capacity";
	}

	private void checkLater(StreamIdentifier stream, CompletableFuture<Void> ready) {
		this.checks++;
		this.loop.schedule(Duration.ofNanos(this.backOff.pauseNanos(this.checks)), () -> check(stream, ready, false));
	}

}

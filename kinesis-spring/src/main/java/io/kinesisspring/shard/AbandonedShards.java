package io.kinesisspring.shard;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.kinesisspring.scheduling.EventLoop;

/**
 * The shards that this worker lost while a listener was processing their records. If this
 * worker gets such a shard again, the shard waits until that call has returned, so that
 * this process never processes a shard twice at the same time. It waits no longer than
 * the time after which a shard counts as stalled. Confined to the container's loop.
 */
final class AbandonedShards {

	private static final Log logger = LogFactory.getLog(AbandonedShards.class);

	private static final CompletableFuture<Void> IDLE = CompletableFuture.completedFuture(null);

	private final Map<String, CompletableFuture<Void>> pending = new HashMap<>();

	private final Duration timeout;

	private final EventLoop loop;

	AbandonedShards(Duration timeout, EventLoop loop) {
		this.timeout = timeout;
		this.loop = loop;
	}

	/**
	 * A shard has been lost.
	 * @param idle completes when none of its records is being processed
	 * @param whenFree run when the shard no longer waits for that, before it may be read
	 * again
	 */
	void add(String stream, String shardId, CompletableFuture<Void> idle, Runnable whenFree) {
		String location = location(stream, shardId);
		CompletableFuture<Void> before = this.pending.getOrDefault(location, IDLE);
		if (before.isDone() && idle.isDone()) {
			whenFree.run();
			return;
		}
		CompletableFuture<Void> ended = CompletableFuture.allOf(before, idle).copy();
		CompletableFuture<Void> free = new CompletableFuture<>();
		this.pending.put(location, free);
		EventLoop.Cancellable timer = this.loop.schedule(this.timeout, () -> {
			if (ended.complete(null)) {
				logger.warn(location
						+ ": a call of the listener that started before the shard was lost has not returned for "
						+ this.timeout.toSeconds() + "s. The shard no longer waits for it");
			}
		});
		this.loop.on(ended, (done, ex) -> {
			timer.cancel();
			this.pending.remove(location, free);
			whenFree.run();
			free.complete(null);
		});
	}

	/**
	 * Wait until a shard may be read again.
	 * @return completes, normally in any case, when no earlier call is in progress
	 */
	CompletableFuture<Void> whenFree(String stream, String shardId) {
		return this.pending.getOrDefault(location(stream, shardId), IDLE).handle((done, ex) -> null);
	}

	/**
	 * Wait until no call is in progress for any shard.
	 */
	CompletableFuture<Void> whenAllFree() {
		return CompletableFuture.allOf(this.pending.values().toArray(CompletableFuture[]::new));
	}

	private static String location(String stream, String shardId) {
		return "Stream '" + stream + "', shard '" + shardId + "'";
	}

}

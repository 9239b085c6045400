package io.kinesisspring.shard;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.kinesisspring.scheduling.EventLoop;

/**
 * The shards that this worker has lost while a listener was at work on them. One that
 * comes back before that call has returned waits for it, so that this process never works
 * on a shard twice at a time; but not for longer than a call may take before it counts as
 * stalled. Confined to the container's loop.
 */
final class AbandonedShards {

	private static final Log logger = LogFactory.getLog(AbandonedShards.class);

	private static final CompletableFuture<Void> FREE = CompletableFuture.completedFuture(null);

	private final Map<String, CompletableFuture<Void>> busy = new HashMap<>();

	private final Duration patience;

	private final EventLoop loop;

	AbandonedShards(Duration patience, EventLoop loop) {
		this.patience = patience;
		this.loop = loop;
	}

	/**
	 * A shard has been lost.
	 * @param settled completes when nothing of it is being worked on
	 */
	void add(String stream, String shardId, CompletableFuture<Void> settled) {
		if (settled.isDone()) {
			return;
		}
		String place = place(stream, shardId);
		CompletableFuture<Void> all = CompletableFuture.allOf(this.busy.getOrDefault(place, FREE), settled);
		CompletableFuture<Void> over = all.copy();
		this.busy.put(place, over);
		EventLoop.Cancellable alarm = this.loop.schedule(this.patience, () -> {
			if (over.complete(null)) {
				logger.warn(place
						+ ": a call of the listener that had begun before the shard was lost has not returned for "
						+ this.patience.toSeconds() + "s. The shard is not held up by it any longer");
			}
		});
		this.loop.on(over, (done, ex) -> {
			alarm.cancel();
			this.busy.remove(place, over);
		});
	}

	/**
	 * When a shard may be read again.
	 * @return completes, normally in any case, when no call of before is under way
	 */
	CompletableFuture<Void> free(String stream, String shardId) {
		return this.busy.getOrDefault(place(stream, shardId), FREE).handle((done, ex) -> null);
	}

	private static String place(String stream, String shardId) {
		return "Stream '" + stream + "', shard '" + shardId + "'";
	}

}

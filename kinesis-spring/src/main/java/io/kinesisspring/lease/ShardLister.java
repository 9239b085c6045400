package io.kinesisspring.lease;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import io.kinesisspring.scheduling.Futures;

/**
 * Lists the shards of a stream when there is a reason to, and reconciles afterwards. A
 * failed listing is retried with a growing back-off. Confined to the coordinator's loop.
 */
final class ShardLister {

	private final WorkerContext context;

	private final ShardSync shardSync;

	private final CoordinatorEvents events;

	private final Map<String, RetryBackOff> backOffs = new HashMap<>();

	private final Set<String> backingOff = new HashSet<>();

	private boolean stopped;

	ShardLister(WorkerContext context, ShardSync shardSync, CoordinatorEvents events) {
		this.context = context;
		this.shardSync = shardSync;
		this.events = events;
	}

	void stop() {
		this.stopped = true;
	}

	void list(String stream) {
		Futures.whenDone(this.context.loop(), this.shardSync.list(stream), (listed, ex) -> {
			this.context.failures().report("shard listing", ex);
			RetryBackOff backOff = this.backOffs.computeIfAbsent(stream,
					(name) -> new RetryBackOff(this.context.loop()));
			if (ex == null) {
				backOff.succeeded();
				this.events.reconcile(true);
			}
			else if (!this.stopped && this.backingOff.add(stream)) {
				if (backOff.failures() == 0) {
					this.events.reconcile(true);
				}
				this.context.loop().schedule(backOff.next(), () -> {
					this.backingOff.remove(stream);
					list(stream);
				});
			}
		});
	}

}

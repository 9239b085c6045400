package io.kinesisspring.lease;

import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

import io.kinesisspring.scheduling.Futures;

/**
 * Removes dead workers from their groups, and groups without members. Confined to the
 * coordinator's loop.
 */
final class DeadWorkerEviction {

	private final WorkerContext context;

	DeadWorkerEviction(WorkerContext context) {
		this.context = context;
	}

	/**
	 * Evict dead workers that own no lease, and workers that have been dead for long.
	 * @param asOf when the read of the table was sent
	 */
	void run(LeaseTable table, long asOf) {
		Set<String> owners = table.leases()
			.stream()
			.map(Lease::owner)
			.filter(Objects::nonNull)
			.map(String::valueOf)
			.collect(Collectors.toSet());
		FailureDetector detector = this.context.failureDetector();
		for (WorkerGroup group : table.groups()) {
			group.heartbeats().forEach((worker, heartbeat) -> {
				boolean dead = !detector.isAlive(worker, asOf) && !worker.equals(this.context.id());
				if (dead && (!owners.contains(worker) || detector.isLongDead(worker, asOf))) {
					report("eviction of a dead worker", this.context.groups().evict(group.number(), worker, heartbeat));
				}
			});
			if (group.members().isEmpty()) {
				report("removal of an empty worker group", this.context.groups().removeGroup(group.number()));
			}
		}
	}

	private void report(String what, CompletableFuture<Boolean> call) {
		Futures.whenDone(this.context.loop(), call, (done, ex) -> this.context.failures().report(what, ex));
	}

}

package io.kinesisspring.lease;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.scheduling.Futures;

/**
 * Leases that this worker has requested from their owners. An owner drains the shard and
 * releases the lease. Meanwhile this worker polls the lease, so that it claims the lease
 * soon after its release. If a group did not accept requests, the next ones wait for a
 * growing back-off. Confined to the coordinator's loop.
 */
final class HandoverRequests {

	private static final Duration READ_INTERVAL = Duration.ofMillis(250);

	private final WorkerContext context;

	private final CoordinatorEvents events;

	private final Consumer<Lease> whenReleased;

	private final Set<String> open = new LinkedHashSet<>();

	private final Map<Integer, RetryBackOff> groupBackOffs = new HashMap<>();

	private final Set<Integer> backingOff = new HashSet<>();

	HandoverRequests(WorkerContext context, CoordinatorEvents events, Consumer<Lease> whenReleased) {
		this.context = context;
		this.events = events;
		this.whenReleased = whenReleased;
	}

	int open() {
		return this.open.size();
	}

	boolean contains(Lease lease) {
		return this.open.contains(lease.key());
	}

	/**
	 * Whether leases may be requested from a group at this moment.
	 */
	boolean mayRequestFrom(int group) {
		return !this.backingOff.contains(group);
	}

	/**
	 * Request leases from their owners.
	 * @param wanted the leases by the numbers of their owners' groups
	 */
	void send(Map<Integer, List<Lease>> wanted) {
		long deadline = this.context.now() + this.context.options().failoverAfter().toNanos();
		wanted.forEach((group, leases) -> {
			leases.forEach((lease) -> this.open.add(lease.key()));
			List<String> requests = leases.stream().map(Lease::handoverRequest).toList();
			Futures.whenDone(this.context.loop(), this.context.groups().requestHandover(group, requests),
					(requested, ex) -> {
						this.context.failures().report("handover request", ex);
						if (ex == null && requested) {
							this.groupBackOffs.remove(group);
							leases
								.forEach((lease) -> readLater(lease, deadline, new RetryBackOff(this.context.loop())));
						}
						else {
							backOff(group, leases);
						}
					});
		});
	}

	/**
	 * Send no requests to a group for a while: the call failed, the group does not exist,
	 * or it has no room for more requests.
	 */
	private void backOff(int group, List<Lease> leases) {
		leases.forEach((lease) -> this.open.remove(lease.key()));
		this.backingOff.add(group);
		Duration pause = this.groupBackOffs.computeIfAbsent(group, (number) -> new RetryBackOff(this.context.loop()))
			.next();
		this.context.loop().schedule(pause, () -> {
			this.backingOff.remove(group);
			reconcileIfAllAreAnswered();
		});
	}

	void cancel() {
		this.open.clear();
	}

	private void readLater(Lease requested, long deadline, RetryBackOff backOff) {
		Duration delay = (backOff.failures() == 0) ? READ_INTERVAL : READ_INTERVAL.plus(backOff.next());
		this.context.loop().schedule(delay, () -> {
			if (this.open.contains(requested.key())) {
				Futures.whenDone(this.context.loop(), this.context.store().find(requested.key()), (found, ex) -> {
					this.context.failures().report("read of a requested lease", ex);
					handleFound(requested, (ex != null) ? null : found, deadline, backOff);
				});
			}
		});
	}

	/**
	 * A lease that has got other parents is not claimed here, because they may be
	 * unfinished. The next reconciliation decides.
	 */
	private void handleFound(Lease requested, @Nullable Optional<Lease> found, long deadline, RetryBackOff backOff) {
		if (found == null) {
			backOff.next();
		}
		else {
			backOff.succeeded();
		}
		boolean unanswered = found == null || found.filter((now) -> now.isHeldAs(requested)).isPresent();
		if (unanswered && this.context.now() - deadline < 0) {
			readLater(requested, deadline, backOff);
			return;
		}
		if (found != null && this.open.contains(requested.key())) {
			found.filter((now) -> now.owner() == null && !now.isFinished() && now.epoch() == requested.epoch())
				.filter((now) -> requested.parents().containsAll(now.parents()))
				.ifPresent(this.whenReleased);
		}
		this.open.remove(requested.key());
		reconcileIfAllAreAnswered();
	}

	private void reconcileIfAllAreAnswered() {
		if (this.open.isEmpty()) {
			this.events.reconcile(false);
		}
	}

}

package io.kinesisspring.lease;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.scheduling.EventLoop;

/**
 * Leases that this worker has asked their owners for. The owner drains the shard and
 * releases the lease; until then its row is looked at every now and then, so that the
 * shard is served again at once. A group that could not be asked is left alone for a
 * while, longer each time. Confined to the coordinator's loop.
 */
final class HandoverRequests {

	private static final Duration PAUSE = Duration.ofMillis(250);

	private final LeaseStore store;

	private final EventLoop loop;

	private final CoordinationFailureLog coordinationFailureLog;

	private final long timeout;

	private final Consumer<Lease> whenReleased;

	private final Runnable whenAllAnswered;

	private final Set<String> open = new LinkedHashSet<>();

	private final Map<Integer, RetryBackOff> retries = new HashMap<>();

	private final Set<Integer> backingOff = new HashSet<>();

	HandoverRequests(LeaseStore store, EventLoop loop, CoordinationFailureLog coordinationFailureLog, long timeout,
			Consumer<Lease> whenReleased, Runnable whenAllAnswered) {
		this.store = store;
		this.loop = loop;
		this.coordinationFailureLog = coordinationFailureLog;
		this.timeout = timeout;
		this.whenReleased = whenReleased;
		this.whenAllAnswered = whenAllAnswered;
	}

	int open() {
		return this.open.size();
	}

	boolean contains(Lease lease) {
		return this.open.contains(lease.key());
	}

	/**
	 * Whether a group may be asked at this moment.
	 */
	boolean mayRequestFrom(int group) {
		return !this.backingOff.contains(group);
	}

	/**
	 * Ask the members of groups for leases of theirs.
	 * @param wanted the leases by the numbers of their owners' groups
	 */
	void send(Map<Integer, List<Lease>> wanted) {
		long deadline = this.loop.nanoTime() + this.timeout;
		wanted.forEach((group, leases) -> {
			leases.forEach((lease) -> this.open.add(lease.key()));
			List<String> requests = leases.stream().map(Lease::handoverRequest).toList();
			this.loop.on(GuardedCalls.safely(() -> this.store.requestHandover(group, requests)), (asked, ex) -> {
				this.coordinationFailureLog.report("handover request", ex);
				if (ex == null && asked) {
					this.retries.remove(group);
					leases.forEach((lease) -> readLater(lease, deadline, new RetryBackOff(this.loop)));
				}
				else {
					backOff(group, leases);
				}
			});
		});
	}

	/**
	 * The group could not be asked, is not there, or is asked for so much that there is
	 * no room for more.
	 */
	private void backOff(int group, List<Lease> leases) {
		leases.forEach((lease) -> this.open.remove(lease.key()));
		this.backingOff.add(group);
		Duration pause = this.retries.computeIfAbsent(group, (number) -> new RetryBackOff(this.loop)).next();
		this.loop.schedule(pause, () -> {
			this.backingOff.remove(group);
			if (this.open.isEmpty()) {
				this.whenAllAnswered.run();
			}
		});
	}

	void cancel() {
		this.open.clear();
	}

	private void readLater(Lease asked, long deadline, RetryBackOff backOff) {
		this.loop.schedule((backOff.failures() == 0) ? PAUSE : PAUSE.plus(backOff.next()), () -> {
			if (this.open.contains(asked.key())) {
				this.loop.on(GuardedCalls.safely(() -> this.store.find(asked.key())), (found, ex) -> {
					this.coordinationFailureLog.report("read of a requested lease", ex);
					handleFound(asked, (ex != null) ? null : found, deadline, backOff);
				});
			}
		});
	}

	/**
	 * If it has turned out meanwhile that other shards come before this one, they may not
	 * be finished: the next look at the table tells.
	 */
	private void handleFound(Lease asked, @Nullable Optional<Lease> found, long deadline, RetryBackOff backOff) {
		if (found == null) {
			backOff.next();
		}
		else {
			backOff.succeeded();
		}
		boolean unanswered = found == null || found.filter((now) -> now.isHeldAs(asked)).isPresent();
		if (unanswered && this.loop.nanoTime() - deadline < 0) {
			readLater(asked, deadline, backOff);
			return;
		}
		if (found != null && this.open.contains(asked.key())) {
			found.filter((now) -> now.owner() == null && !now.isFinished() && now.epoch() == asked.epoch())
				.filter((now) -> asked.parents().containsAll(now.parents()))
				.ifPresent(this.whenReleased);
		}
		answered(List.of(asked));
	}

	private void answered(Collection<Lease> leases) {
		leases.forEach((lease) -> this.open.remove(lease.key()));
		if (this.open.isEmpty()) {
			this.whenAllAnswered.run();
		}
	}

}

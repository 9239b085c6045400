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
 * shard is served again at once. A crew that could not be asked is left alone for a
 * while, longer each time. Confined to the coordinator's loop.
 */
final class HandoverRequests {

	private static final Duration PAUSE = Duration.ofMillis(250);

	private final LeaseStore store;

	private final EventLoop loop;

	private final CoordinationFailureLog coordinationFailureLog;

	private final long patience;

	private final Consumer<Lease> whenReleased;

	private final Runnable whenAllAreAnswered;

	private final Set<String> open = new LinkedHashSet<>();

	private final Map<Integer, RetryBackOff> retries = new HashMap<>();

	private final Set<Integer> resting = new HashSet<>();

	HandoverRequests(LeaseStore store, EventLoop loop, CoordinationFailureLog coordinationFailureLog, long patience,
			Consumer<Lease> whenReleased, Runnable whenAllAreAnswered) {
		this.store = store;
		this.loop = loop;
		this.coordinationFailureLog = coordinationFailureLog;
		this.patience = patience;
		this.whenReleased = whenReleased;
		this.whenAllAreAnswered = whenAllAreAnswered;
	}

	int open() {
		return this.open.size();
	}

	boolean contains(Lease lease) {
		return this.open.contains(lease.key());
	}

	/**
	 * Whether a crew may be asked at this moment.
	 */
	boolean isAskable(int crew) {
		return !this.resting.contains(crew);
	}

	/**
	 * Ask the members of crews for leases of theirs.
	 * @param wanted the leases by the numbers of their owners' crews
	 */
	void ask(Map<Integer, List<Lease>> wanted) {
		long deadline = this.loop.nanoTime() + this.patience;
		wanted.forEach((crew, leases) -> {
			leases.forEach((lease) -> this.open.add(lease.key()));
			List<String> asks = leases.stream().map(Lease::ask).toList();
			this.loop.on(GuardedCalls.safely(() -> this.store.ask(crew, asks)), (asked, ex) -> {
				this.coordinationFailureLog.report("ask", ex);
				if (ex == null && asked) {
					this.retries.remove(crew);
					leases.forEach((lease) -> lookLater(lease, deadline, new RetryBackOff(this.loop)));
				}
				else {
					leaveAlone(crew, leases);
				}
			});
		});
	}

	/**
	 * The crew could not be asked, is not there, or is asked for so much that there is no
	 * room for more.
	 */
	private void leaveAlone(int crew, List<Lease> leases) {
		leases.forEach((lease) -> this.open.remove(lease.key()));
		this.resting.add(crew);
		Duration pause = this.retries.computeIfAbsent(crew, (number) -> new RetryBackOff(this.loop)).next();
		this.loop.schedule(pause, () -> {
			this.resting.remove(crew);
			if (this.open.isEmpty()) {
				this.whenAllAreAnswered.run();
			}
		});
	}

	void cancel() {
		this.open.clear();
	}

	private void lookLater(Lease asked, long deadline, RetryBackOff looks) {
		this.loop.schedule((looks.failures() == 0) ? PAUSE : PAUSE.plus(looks.next()), () -> {
			if (this.open.contains(asked.key())) {
				this.loop.on(GuardedCalls.safely(() -> this.store.find(asked.key())), (found, ex) -> {
					this.coordinationFailureLog.report("look at what was asked for", ex);
					look(asked, (ex != null) ? null : found, deadline, looks);
				});
			}
		});
	}

	/**
	 * If it has turned out meanwhile that other shards come before this one, they may not
	 * be finished: the next look at the table tells.
	 */
	private void look(Lease asked, @Nullable Optional<Lease> found, long deadline, RetryBackOff looks) {
		if (found == null) {
			looks.next();
		}
		else {
			looks.succeeded();
		}
		boolean unanswered = found == null || found.filter((now) -> now.isHeldAs(asked)).isPresent();
		if (unanswered && this.loop.nanoTime() - deadline < 0) {
			lookLater(asked, deadline, looks);
			return;
		}
		if (found != null && this.open.contains(asked.key())) {
			found.filter((now) -> now.owner() == null && !now.isFinished() && now.epoch() == asked.epoch())
				.filter((now) -> asked.parents().containsAll(now.parents()))
				.ifPresent(this.whenReleased);
		}
		close(List.of(asked));
	}

	private void close(Collection<Lease> leases) {
		leases.forEach((lease) -> this.open.remove(lease.key()));
		if (this.open.isEmpty()) {
			this.whenAllAreAnswered.run();
		}
	}

}

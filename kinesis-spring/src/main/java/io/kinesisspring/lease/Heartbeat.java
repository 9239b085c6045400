package io.kinesisspring.lease;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.scheduling.EventLoop;

/**
 * Beats, so that the others of the crew know that this worker is alive, and listens to
 * what the answers say: who of them is not, what is asked for, whether the bell has been
 * rung. Confined to the coordinator's loop.
 */
final class Heartbeat {

	/** How soon at the latest a bell is heard by somebody of its crew. */
	private static final Duration LONGEST_SILENCE = Duration.ofSeconds(1);

	private static final int MOST_MEMBERS_THAT_LOOK = 8;

	private final LeaseOptions options;

	private final LeaseStore store;

	private final EventLoop loop;

	private final Membership membership;

	private final FailureDetector failureDetector;

	private final HeldLeases leases;

	private final Reconciler reconciler;

	private final CoordinationFailureLog coordinationFailureLog;

	private final Runnable whenCutOff;

	private final Runnable whenOutOfCrew;

	private final Set<String> answered = new TreeSet<>();

	private final Map<String, Long> asks = new LinkedHashMap<>();

	private EventLoop.@Nullable Cancellable suspicion;

	private long bell;

	private boolean outOfTouch;

	private boolean leaving;

	private boolean stopped;

	/**
	 * Create a heartbeat.
	 * @param whenCutOff told, before each beat, that nothing may be delivered any more
	 * @param whenOutOfCrew told that there is no crew to beat in
	 */
	Heartbeat(LeaseOptions options, LeaseStore store, EventLoop loop, Membership membership,
			FailureDetector failureDetector, HeldLeases leases, Reconciler reconciler,
			CoordinationFailureLog coordinationFailureLog, Runnable whenCutOff, Runnable whenOutOfCrew) {
		this.options = options;
		this.store = store;
		this.loop = loop;
		this.membership = membership;
		this.failureDetector = failureDetector;
		this.leases = leases;
		this.reconciler = reconciler;
		this.coordinationFailureLog = coordinationFailureLog;
		this.whenCutOff = whenCutOff;
		this.whenOutOfCrew = whenOutOfCrew;
	}

	/**
	 * Begin anew in a crew.
	 */
	void joined(WorkerGroup workerGroup) {
		this.bell = workerGroup.bell();
		this.answered.clear();
		this.asks.clear();
	}

	/**
	 * Beat once an interval from now on.
	 * @param delay until the first beat
	 */
	void start(Duration delay) {
		this.loop.schedule(delay, this::keepBeating);
	}

	/**
	 * Go on beating, and hear no bells any more.
	 */
	void leave() {
		this.leaving = true;
	}

	void stop() {
		this.stopped = true;
	}

	private void keepBeating() {
		if (this.stopped) {
			return;
		}
		Duration interval = this.options.beatInterval();
		this.loop.schedule(interval, this::keepBeating);
		beat();
		long looks = interval.toNanos() / LONGEST_SILENCE.toNanos();
		for (int i = 1; i <= looks; i++) {
			this.loop.schedule(interval.multipliedBy(i).dividedBy(looks + 1), this::lookIfFirst);
		}
	}

	private void beat() {
		if (this.membership.isCutOff()) {
			cutOff();
		}
		WorkerGroup workerGroup = this.membership.crew();
		if (workerGroup == null) {
			this.whenOutOfCrew.run();
			return;
		}
		String beating = this.membership.id();
		this.loop.on(this.membership.beat(workerGroup, List.copyOf(this.answered), this::cutOff), (beaten, ex) -> {
			this.coordinationFailureLog.report("beat", ex);
			if (ex != null || this.stopped || !beating.equals(this.membership.id())) {
				return;
			}
			if (beaten.isPresent()) {
				beaten(beaten.get());
			}
			else {
				this.whenOutOfCrew.run();
			}
		});
	}

	private void cutOff() {
		this.outOfTouch = true;
		this.whenCutOff.run();
	}

	private void beaten(WorkerGroup workerGroup) {
		if (this.outOfTouch) {
			this.outOfTouch = false;
			this.failureDetector.forget();
			this.reconciler.sweep(false);
		}
		watch(workerGroup);
		heed(workerGroup);
		suspect(workerGroup);
		if (this.reconciler.isFirst()) {
			this.reconciler.fleet().next(workerGroup).ifPresent(this::watchOver);
		}
	}

	private void watchOver(int number) {
		this.loop.on(this.store.look(number, true), (found, ex) -> {
			this.coordinationFailureLog.report("look at another crew", ex);
			if (ex == null) {
				found.filter((workerGroup) -> !workerGroup.members().isEmpty())
					.ifPresentOrElse(this::watch, () -> this.reconciler.sweep(true));
			}
		});
	}

	private void watch(WorkerGroup workerGroup) {
		long now = this.loop.nanoTime();
		this.failureDetector.observe(workerGroup, now);
		if (workerGroup.members().stream().anyMatch((worker) -> !this.failureDetector.isAlive(worker, now))) {
			this.reconciler.sweep(true);
		}
	}

	private void heed(WorkerGroup workerGroup) {
		if (workerGroup.bell() > this.bell) {
			this.bell = workerGroup.bell();
			this.reconciler.sweep(false);
		}
		this.answered.retainAll(workerGroup.asks());
		Set<String> unanswered = new TreeSet<>(workerGroup.asks());
		unanswered.removeAll(this.answered);
		if (!unanswered.isEmpty()) {
			this.leases.answer(unanswered, this.answered::add);
		}
		forgetOldAsks(unanswered);
	}

	/**
	 * Asks that nobody answers, because the lease has moved on since, are litter.
	 */
	private void forgetOldAsks(Set<String> unanswered) {
		long now = this.loop.nanoTime();
		this.asks.keySet().retainAll(unanswered);
		unanswered.forEach((ask) -> this.asks.putIfAbsent(ask, now));
		this.asks.forEach((ask, since) -> {
			if (now - since > 6 * this.options.failoverAfter().toNanos()) {
				this.answered.add(ask);
			}
		});
	}

	/**
	 * Look again at the very moment at which somebody's silence will have been too long.
	 */
	private void suspect(WorkerGroup workerGroup) {
		if (this.suspicion != null) {
			this.suspicion.cancel();
			this.suspicion = null;
		}
		long now = this.loop.nanoTime();
		long left = workerGroup.members()
			.stream()
			.filter((worker) -> !worker.equals(this.membership.id()) && this.failureDetector.isAlive(worker, now))
			.mapToLong((worker) -> this.failureDetector.patienceLeft(worker, now))
			.min()
			.orElse(Long.MAX_VALUE);
		if (left < this.options.beatInterval().toNanos()) {
			this.suspicion = this.loop.schedule(Duration.ofNanos(left), this::beat);
		}
	}

	/**
	 * Two of a small crew look at the bell between their beats, so that one does when the
	 * other stops. In a larger one somebody's beat is never far.
	 */
	private void lookIfFirst() {
		WorkerGroup workerGroup = this.membership.crew();
		if (workerGroup == null || this.leaving || workerGroup.members().size() < 2
				|| workerGroup.members().size() > MOST_MEMBERS_THAT_LOOK) {
			return;
		}
		long now = this.loop.nanoTime();
		boolean looking = workerGroup.members()
			.stream()
			.filter((worker) -> this.failureDetector.isAlive(worker, now))
			.limit(2)
			.anyMatch(this.membership.id()::equals);
		if (looking) {
			this.loop.on(this.store.look(workerGroup.number(), false), (found, ex) -> {
				this.coordinationFailureLog.report("look at the bell", ex);
				if (ex == null && this.membership.crew() != null && !this.leaving) {
					found.ifPresent(this::heed);
				}
			});
		}
	}

}

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
 * Beats, so that the others of the group know that this worker is alive, and listens to
 * what the answers say: who of them is not, what is asked for, whether a wake-up has been
 * sent. Confined to the coordinator's loop.
 */
final class HeartbeatSender {

	/** How soon at the latest a bell is heard by somebody of its group. */
	private static final Duration MAX_WAKE_UP_DELAY = Duration.ofSeconds(1);

	private static final int MAX_MEMBERS_WITH_EXTRA_READS = 8;

	private final LeaseOptions options;

	private final LeaseStore store;

	private final EventLoop loop;

	private final GroupMembership groupMembership;

	private final FailureDetector failureDetector;

	private final HeldLeases leases;

	private final LeaseTableReconciler leaseTableReconciler;

	private final CoordinationFailureLog coordinationFailureLog;

	private final Runnable whenCutOff;

	private final Runnable whenOutOfGroup;

	private final Set<String> answered = new TreeSet<>();

	private final Map<String, Long> requestsSince = new LinkedHashMap<>();

	private EventLoop.@Nullable Cancellable silenceCheck;

	private long seenWakeUps;

	private boolean disconnected;

	private boolean leaving;

	private boolean stopped;

	/**
	 * Create a heartbeat.
	 * @param whenCutOff told, before each heartbeat, that nothing may be delivered any
	 * more
	 * @param whenOutOfGroup told that there is no group to heartbeat in
	 */
	HeartbeatSender(LeaseOptions options, LeaseStore store, EventLoop loop, GroupMembership groupMembership,
			FailureDetector failureDetector, HeldLeases leases, LeaseTableReconciler leaseTableReconciler,
			CoordinationFailureLog coordinationFailureLog, Runnable whenCutOff, Runnable whenOutOfGroup) {
		this.options = options;
		this.store = store;
		this.loop = loop;
		this.groupMembership = groupMembership;
		this.failureDetector = failureDetector;
		this.leases = leases;
		this.leaseTableReconciler = leaseTableReconciler;
		this.coordinationFailureLog = coordinationFailureLog;
		this.whenCutOff = whenCutOff;
		this.whenOutOfGroup = whenOutOfGroup;
	}

	/**
	 * Begin anew in a group.
	 */
	void joined(WorkerGroup workerGroup) {
		this.seenWakeUps = workerGroup.wakeUps();
		this.answered.clear();
		this.requestsSince.clear();
	}

	/**
	 * Beat once an interval from now on.
	 * @param delay until the first heartbeat
	 */
	void start(Duration delay) {
		this.loop.schedule(delay, this::scheduleHeartbeats);
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

	private void scheduleHeartbeats() {
		if (this.stopped) {
			return;
		}
		Duration interval = this.options.heartbeatInterval();
		this.loop.schedule(interval, this::scheduleHeartbeats);
		send();
		long reads = interval.toNanos() / MAX_WAKE_UP_DELAY.toNanos();
		for (int i = 1; i <= reads; i++) {
			this.loop.schedule(interval.multipliedBy(i).dividedBy(reads + 1), this::readOwnGroup);
		}
	}

	private void send() {
		if (this.groupMembership.isCutOff()) {
			cutOff();
		}
		WorkerGroup workerGroup = this.groupMembership.group();
		if (workerGroup == null) {
			this.whenOutOfGroup.run();
			return;
		}
		String sender = this.groupMembership.id();
		this.loop.on(this.groupMembership.heartbeat(workerGroup, List.copyOf(this.answered), this::cutOff),
				(onAnswer, ex) -> {
					this.coordinationFailureLog.report("heartbeat", ex);
					if (ex != null || this.stopped || !sender.equals(this.groupMembership.id())) {
						return;
					}
					if (onAnswer.isPresent()) {
						onAnswer(onAnswer.get());
					}
					else {
						this.whenOutOfGroup.run();
					}
				});
	}

	private void cutOff() {
		this.disconnected = true;
		this.whenCutOff.run();
	}

	private void onAnswer(WorkerGroup workerGroup) {
		if (this.disconnected) {
			this.disconnected = false;
			this.failureDetector.forget();
			this.leaseTableReconciler.reconcile(false);
		}
		observeGroup(workerGroup);
		handleGroup(workerGroup);
		scheduleSilenceCheck(workerGroup);
		if (this.leaseTableReconciler.isLeader()) {
			this.leaseTableReconciler.workerGroups().next(workerGroup).ifPresent(this::readNextGroup);
		}
	}

	private void readNextGroup(int number) {
		this.loop.on(this.store.readGroup(number, true), (found, ex) -> {
			this.coordinationFailureLog.report("read of the next worker group", ex);
			if (ex == null) {
				found.filter((workerGroup) -> !workerGroup.members().isEmpty())
					.ifPresentOrElse(this::observeGroup, () -> this.leaseTableReconciler.reconcile(true));
			}
		});
	}

	private void observeGroup(WorkerGroup workerGroup) {
		long now = this.loop.nanoTime();
		this.failureDetector.observe(workerGroup, now);
		if (workerGroup.members().stream().anyMatch((worker) -> !this.failureDetector.isAlive(worker, now))) {
			this.leaseTableReconciler.reconcile(true);
		}
	}

	private void handleGroup(WorkerGroup workerGroup) {
		if (workerGroup.wakeUps() > this.seenWakeUps) {
			this.seenWakeUps = workerGroup.wakeUps();
			this.leaseTableReconciler.reconcile(false);
		}
		this.answered.retainAll(workerGroup.handoverRequests());
		Set<String> unanswered = new TreeSet<>(workerGroup.handoverRequests());
		unanswered.removeAll(this.answered);
		if (!unanswered.isEmpty()) {
			this.leases.answer(unanswered, this.answered::add);
		}
		expireRequests(unanswered);
	}

	/**
	 * Asks that nobody answers, because the lease has moved on since, are litter.
	 */
	private void expireRequests(Set<String> unanswered) {
		long now = this.loop.nanoTime();
		this.requestsSince.keySet().retainAll(unanswered);
		unanswered.forEach((requestHandover) -> this.requestsSince.putIfAbsent(requestHandover, now));
		this.requestsSince.forEach((requestHandover, since) -> {
			if (now - since > 6 * this.options.failoverAfter().toNanos()) {
				this.answered.add(requestHandover);
			}
		});
	}

	/**
	 * Look again at the very moment at which somebody's silence will have been too long.
	 */
	private void scheduleSilenceCheck(WorkerGroup workerGroup) {
		if (this.silenceCheck != null) {
			this.silenceCheck.cancel();
			this.silenceCheck = null;
		}
		long now = this.loop.nanoTime();
		long left = workerGroup.members()
			.stream()
			.filter((worker) -> !worker.equals(this.groupMembership.id()) && this.failureDetector.isAlive(worker, now))
			.mapToLong((worker) -> this.failureDetector.timeUntilDead(worker, now))
			.min()
			.orElse(Long.MAX_VALUE);
		if (left < this.options.heartbeatInterval().toNanos()) {
			this.silenceCheck = this.loop.schedule(Duration.ofNanos(left), this::send);
		}
	}

	/**
	 * Two of a small group look at the bell between their heartbeats, so that one does
	 * when the other stops. In a larger one somebody's heartbeat is never far.
	 */
	private void readOwnGroup() {
		WorkerGroup workerGroup = this.groupMembership.group();
		if (workerGroup == null || this.leaving || workerGroup.members().size() < 2
				|| workerGroup.members().size() > MAX_MEMBERS_WITH_EXTRA_READS) {
			return;
		}
		long now = this.loop.nanoTime();
		boolean reads = workerGroup.members()
			.stream()
			.filter((worker) -> this.failureDetector.isAlive(worker, now))
			.limit(2)
			.anyMatch(this.groupMembership.id()::equals);
		if (reads) {
			this.loop.on(this.store.readGroup(workerGroup.number(), false), (found, ex) -> {
				this.coordinationFailureLog.report("read of the worker group", ex);
				if (ex == null && this.groupMembership.group() != null && !this.leaving) {
					found.ifPresent(this::handleGroup);
				}
			});
		}
	}

}

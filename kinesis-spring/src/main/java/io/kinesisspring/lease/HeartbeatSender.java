package io.kinesisspring.lease;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.Futures;

/**
 * Sends heartbeats, so that the other members of the group know that this worker is
 * alive, and acts on what the responses show: dead members, requested handovers and
 * wake-ups. Confined to the coordinator's loop.
 */
final class HeartbeatSender {

	/** The longest time until a member of the group notices a wake-up. */
	private static final Duration MAX_WAKE_UP_DELAY = Duration.ofSeconds(1);

	private static final int MAX_MEMBERS_WITH_EXTRA_READS = 8;

	private final WorkerContext context;

	private final HeldLeases leases;

	private final LeaseTableReconciler reconciler;

	private final CoordinatorEvents events;

	private final Set<String> answered = new TreeSet<>();

	private final Map<String, Long> requestsSince = new LinkedHashMap<>();

	private EventLoop.@Nullable Cancellable silenceCheck;

	private long seenWakeUps;

	private boolean disconnected;

	private boolean leaving;

	private boolean stopped;

	HeartbeatSender(WorkerContext context, HeldLeases leases, LeaseTableReconciler reconciler,
			CoordinatorEvents events) {
		this.context = context;
		this.leases = leases;
		this.reconciler = reconciler;
		this.events = events;
	}

	/**
	 * Start in a group.
	 */
	void joined(WorkerGroup workerGroup) {
		this.seenWakeUps = workerGroup.wakeUps();
		this.answered.clear();
		this.requestsSince.clear();
	}

	/**
	 * Send a heartbeat once an interval.
	 * @param delay until the first heartbeat
	 */
	void start(Duration delay) {
		this.context.loop().schedule(delay, this::scheduleHeartbeats);
	}

	/**
	 * Ignore wake-ups from now on, but send heartbeats until {@link #stop()}.
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
		Duration interval = this.context.options().heartbeatInterval();
		this.context.loop().schedule(interval, this::scheduleHeartbeats);
		send();
		long reads = interval.toNanos() / MAX_WAKE_UP_DELAY.toNanos();
		for (int i = 1; i <= reads; i++) {
			this.context.loop().schedule(interval.multipliedBy(i).dividedBy(reads + 1), this::readOwnGroup);
		}
	}

	private void send() {
		if (this.context.membership().isCutOff()) {
			cutOff();
		}
		WorkerGroup workerGroup = this.context.membership().group();
		if (workerGroup == null) {
			this.events.onOutOfGroup();
			return;
		}
		String sender = this.context.id();
		Futures.whenDone(this.context.loop(),
				this.context.membership().heartbeat(workerGroup, List.copyOf(this.answered), this::cutOff),
				(updated, ex) -> {
					this.context.failures().report("heartbeat", ex);
					if (ex != null || this.stopped || !sender.equals(this.context.id())) {
						return;
					}
					if (updated.isPresent()) {
						handleHeartbeat(updated.get());
					}
					else {
						this.events.onOutOfGroup();
					}
				});
	}

	private void cutOff() {
		this.disconnected = true;
		this.events.onCutOff();
	}

	private void handleHeartbeat(WorkerGroup workerGroup) {
		if (this.disconnected) {
			this.disconnected = false;
			this.context.failureDetector().forget();
			this.events.reconcile(false);
		}
		observeGroup(workerGroup);
		handleGroup(workerGroup);
		scheduleSilenceCheck(workerGroup);
		if (this.reconciler.isFirstMember()) {
			this.reconciler.workerGroups().next(workerGroup).ifPresent(this::readNextGroup);
		}
	}

	private void readNextGroup(int number) {
		Futures.whenDone(this.context.loop(), this.context.groups().readGroup(number, true), (found, ex) -> {
			this.context.failures().report("read of the next worker group", ex);
			if (ex == null) {
				found.filter((workerGroup) -> !workerGroup.members().isEmpty())
					.ifPresentOrElse(this::observeGroup, () -> this.events.reconcile(true));
			}
		});
	}

	private void observeGroup(WorkerGroup workerGroup) {
		long now = this.context.now();
		this.context.failureDetector().observe(workerGroup, now);
		if (workerGroup.members().stream().anyMatch((worker) -> !this.context.failureDetector().isAlive(worker, now))) {
			this.events.reconcile(true);
		}
	}

	private void handleGroup(WorkerGroup workerGroup) {
		if (workerGroup.wakeUps() > this.seenWakeUps) {
			this.seenWakeUps = workerGroup.wakeUps();
			this.events.reconcile(false);
		}
		this.answered.retainAll(workerGroup.handoverRequests());
		Set<String> unanswered = new TreeSet<>(workerGroup.handoverRequests());
		unanswered.removeAll(this.answered);
		if (!unanswered.isEmpty()) {
			this.leases.handOver(unanswered, this.answered::add);
		}
		expireRequests(unanswered);
	}

	/**
	 * Remove requests that no member answers because the lease has changed.
	 */
	private void expireRequests(Set<String> unanswered) {
		long now = this.context.now();
		this.requestsSince.keySet().retainAll(unanswered);
		unanswered.forEach((request) -> this.requestsSince.putIfAbsent(request, now));
		this.requestsSince.forEach((request, since) -> {
			if (now - since > 6 * this.context.options().failoverAfter().toNanos()) {
				this.answered.add(request);
			}
		});
	}

	/**
	 * Send the next heartbeat at the moment at which a silent member counts as dead.
	 */
	private void scheduleSilenceCheck(WorkerGroup workerGroup) {
		if (this.silenceCheck != null) {
			this.silenceCheck.cancel();
			this.silenceCheck = null;
		}
		long now = this.context.now();
		long remaining = workerGroup.members()
			.stream()
			.filter((worker) -> !worker.equals(this.context.id())
					&& this.context.failureDetector().isAlive(worker, now))
			.mapToLong((worker) -> this.context.failureDetector().timeUntilDead(worker, now))
			.min()
			.orElse(Long.MAX_VALUE);
		if (remaining < this.context.options().heartbeatInterval().toNanos()) {
			this.silenceCheck = this.context.loop().schedule(Duration.ofNanos(remaining), this::send);
		}
	}

	/**
	 * Read the group between two heartbeats, so that a wake-up is noticed early. Two
	 * members of a small group do so, in case one of them stops. In a larger group some
	 * member's heartbeat is due soon.
	 */
	private void readOwnGroup() {
		WorkerGroup workerGroup = this.context.membership().group();
		if (workerGroup == null || this.leaving || workerGroup.members().size() < 2
				|| workerGroup.members().size() > MAX_MEMBERS_WITH_EXTRA_READS) {
			return;
		}
		long now = this.context.now();
		boolean reads = workerGroup.members()
			.stream()
			.filter((worker) -> this.context.failureDetector().isAlive(worker, now))
			.limit(2)
			.anyMatch(this.context.id()::equals);
		if (reads) {
			Futures.whenDone(this.context.loop(), this.context.groups().readGroup(workerGroup.number(), false),
					(found, ex) -> {
						this.context.failures().report("read of the worker group", ex);
						if (ex == null && this.context.membership().group() != null && !this.leaving) {
							found.ifPresent(this::handleGroup);
						}
					});
		}
	}

}

package io.kinesisspring.lease;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.Futures;

/**
 * The worker of a reset, or of a read that only one worker does at a time. It joins a
 * group of its own, holds leases, writes checkpoints, and releases the leases. Confined
 * to its loop.
 */
final class ResetWorker {

	/**
	 * The prefix of the name that a reset's group has instead of a stream. No stream's
	 * name has a colon.
	 */
	static final String STREAM_PREFIX = "reset:";

	private final String stream;

	private final LeaseOptions options;

	private final LeaseStore store;

	private final EventLoop loop;

	private final GroupMembership membership;

	private final FailureDetector failureDetector;

	private final ConcurrentResets concurrentResets;

	private final Map<String, Lease> held = new LinkedHashMap<>();

	private final Set<String> requested = new TreeSet<>();

	/** The leases that were missing in the previous round. */
	private final Map<String, Lease> missingBefore = new HashMap<>();

	private boolean callFailed;

	private boolean over;

	ResetWorker(String workerId, String stream, LeaseOptions options, LeaseStore store, EventLoop loop) {
		this.stream = stream;
		this.options = options;
		this.store = store;
		this.loop = loop;
		this.membership = new GroupMembership(new Worker(workerId, List.of(STREAM_PREFIX + stream), options),
				store.workerGroups(), loop);
		this.failureDetector = new FailureDetector(options.timeout());
		this.concurrentResets = new ConcurrentResets(stream, store.workerGroups(), this.failureDetector,
				this.membership);
	}

	/**
	 * Read the table, and observe who is alive.
	 */
	CompletableFuture<LeaseTable> load() {
		this.callFailed = false;
		return this.store.load().whenComplete((table, ex) -> {
			if (ex == null) {
				this.failureDetector.observe(table, this.loop.nanoTime());
			}
			else {
				this.callFailed = true;
			}
		});
	}

	/**
	 * Whether a call has failed since the table was read.
	 */
	boolean hasCallFailed() {
		return this.callFailed;
	}

	/**
	 * Whether another reset may be running.
	 * @param sent when the read of the table was sent
	 * @throws LeaseResetException if one is certainly running
	 */
	boolean hasConcurrentReset(LeaseTable table, long sent) {
		return this.concurrentResets.existIn(table, sent);
	}

	/**
	 * Join a group, and send heartbeats from now on.
	 * @param sent when the read of the table was sent
	 */
	CompletableFuture<Void> join(LeaseTable table, long sent) {
		return this.membership.join(table.groups()).thenCompose((joined) -> this.store.load()).thenAccept((now) -> {
			if (hasConcurrentReset(now, sent)) {
				throw this.concurrentResets.busy();
			}
			sendHeartbeats();
		});
	}

	private void sendHeartbeats() {
		WorkerGroup workerGroup = this.membership.group();
		if (workerGroup != null && !this.over) {
			this.loop.schedule(this.options.heartbeatInterval(), this::sendHeartbeats);
			this.membership.heartbeat(workerGroup, List.of(), () -> {
			});
		}
	}

	/**
	 * Whether other workers may judge this one dead. Safe to call from any thread.
	 */
	boolean isCutOff() {
		return this.membership.isCutOff();
	}

	/**
	 * Forget leases that have been lost.
	 * @return the leases that are not held, as they are stored
	 */
	Map<String, Lease> missing(Map<String, Lease> involved) {
		Map<String, Lease> missing = new LinkedHashMap<>();
		involved.forEach((key, stored) -> {
			Lease ownLease = this.held.get(key);
			if (ownLease == null || !stored.isHeldAs(ownLease)) {
				this.held.remove(key);
				missing.put(key, stored);
			}
		});
		return missing;
	}

	boolean holdsAll(Set<String> keys) {
		return this.held.keySet().containsAll(keys);
	}

	boolean holds(Lease lease) {
		return this.held.containsKey(lease.key());
	}

	/**
	 * Claim the leases that are free or of dead workers, and request the others.
	 * @param sent when the read of the table was sent
	 */
	CompletableFuture<Void> take(LeaseTable table, long sent, Map<String, Lease> missing) {
		WorkerGroups workerGroups = new WorkerGroups(table.groups(), this.failureDetector, sent);
		List<CompletableFuture<Void>> claims = new ArrayList<>();
		Map<Integer, List<String>> requests = new TreeMap<>();
		this.requested.retainAll(missing.values().stream().map(Lease::handoverRequest).toList());
		for (Lease lease : missing.values()) {
			if (isClaimable(lease, workerGroups)) {
				claims.add(claim(lease));
			}
			else if (this.requested.size() < LeaseClaimer.MAX_REQUESTS) {
				addRequest(lease, workerGroups, requests);
			}
		}
		this.missingBefore.clear();
		this.missingBefore.putAll(missing);
		requests.values().removeIf(List::isEmpty);
		requests.forEach(this::request);
		return CompletableFuture.allOf(claims.toArray(CompletableFuture[]::new));
	}

	private boolean isClaimable(Lease lease, WorkerGroups workerGroups) {
		String owner = lease.owner();
		return owner == null || isUnread(lease)
				|| !workerGroups.isAlive(owner) && lease.equals(this.missingBefore.get(lease.key()));
	}

	/**
	 * Whether nobody reads the shard although the lease has an owner. An owner that has
	 * stored the end of the shard delivers nothing more, but may have failed to release
	 * the lease.
	 */
	private boolean isUnread(Lease lease) {
		return lease.isFinished() || this.membership.id().equals(lease.owner());
	}

	private void addRequest(Lease lease, WorkerGroups workerGroups, Map<Integer, List<String>> requests) {
		OptionalInt group = workerGroups.groupOf(String.valueOf(lease.owner()));
		if (group.isPresent()) {
			List<String> wanted = requests.computeIfAbsent(group.getAsInt(), (number) -> new ArrayList<>());
			if (WorkerGroup.fitsInOneRequest(lease, wanted.size()) && this.requested.add(lease.handoverRequest())) {
				wanted.add(lease.handoverRequest());
			}
		}
	}

	private void request(int group, List<String> wanted) {
		Futures.whenDone(this.loop, this.store.workerGroups().requestHandover(group, wanted), (done, ex) -> {
			if (ex != null || !done) {
				this.callFailed = true;
				wanted.forEach(this.requested::remove);
			}
		});
	}

	private CompletableFuture<Void> claim(Lease seen) {
		long sent = this.loop.nanoTime();
		return this.store.claim(seen, this.membership.id()).handle((claimed, ex) -> {
			if (ex == null) {
				claimed.ifPresent((ownLease) -> keep(ownLease, sent));
			}
			this.callFailed |= ex != null;
			return null;
		});
	}

	private void keep(Lease ownLease, long sent) {
		if (this.over || !this.membership.hasBeenConnectedSince(sent)) {
			this.store.release(ownLease);
		}
		else {
			this.held.put(ownLease.key(), ownLease);
		}
	}

	/**
	 * Write the checkpoint of a lease.
	 * @return whether it was written; never exceptional
	 */
	CompletableFuture<Boolean> write(Lease lease, Checkpoint checkpoint) {
		Lease ownLease = this.held.getOrDefault(lease.key(), lease);
		Lease next = ownLease.advanced(checkpoint, ownLease.revision() + 1);
		return this.store.checkpoint(next).handle((stored, ex) -> {
			if (ex != null || !stored) {
				this.callFailed |= ex != null;
				return false;
			}
			this.held.put(ownLease.key(), next);
			return true;
		});
	}

	/**
	 * Release all leases, parents first, leave the group and wake up the other workers.
	 * @return completes when it is done, normally in any case
	 */
	CompletableFuture<Void> leave() {
		this.over = true;
		CompletableFuture<Void> released = CompletableFuture.completedFuture(null);
		for (Lease ownLease : List.copyOf(this.held.values())) {
			released = released.thenCompose((before) -> release(ownLease));
		}
		return released.thenCompose((done) -> this.membership.leave())
			.handle((left, ex) -> null)
			.thenCompose((left) -> this.store.load())
			.thenCompose((table) -> CompletableFuture.allOf(table.groups()
				.stream()
				.filter((group) -> group.streams().contains(this.stream))
				.map((group) -> this.store.workerGroups().wakeUp(group.number()))
				.toArray(CompletableFuture[]::new)))
			.handle((woken, ex) -> null);
	}

	private CompletableFuture<Void> release(Lease ownLease) {
		return this.store.release(ownLease)
			.exceptionallyCompose((ex) -> this.store.release(ownLease))
			.handle((done, ex) -> null);
	}

}

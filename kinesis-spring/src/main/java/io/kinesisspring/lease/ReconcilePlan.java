package io.kinesisspring.lease;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Computes from the table what one worker has to do, without doing it. Confined to the
 * coordinator's loop.
 */
final class ReconcilePlan {

	private final String me;

	private final WorkerGroups workerGroups;

	private final UnassignedLeases free;

	private final Predicate<String> heldOrUnreadable;

	private final long now;

	private final List<Lease> claims = new ArrayList<>();

	private final List<Lease> requests = new ArrayList<>();

	private final List<Lease> orphans = new ArrayList<>();

	private final Set<String> underserved = new TreeSet<>();

	private final Map<String, Plan> plans = new TreeMap<>();

	private @Nullable Long timeUntilOwnerDead;

	private boolean incomplete;

	ReconcilePlan(String me, WorkerGroups workerGroups, UnassignedLeases free, Predicate<String> heldOrUnreadable,
			long now) {
		this.me = me;
		this.workerGroups = workerGroups;
		this.free = free;
		this.heldOrUnreadable = heldOrUnreadable;
		this.now = now;
	}

	/**
	 * Plan for the leases.
	 * @param streams the streams that this worker reads
	 * @param leases the leases of all streams
	 * @param pending the keys of leases that must be recreated or identified first
	 */
	void of(Collection<String> streams, List<Lease> leases, Set<String> pending) {
		Map<String, List<Lease>> active = active(leases, pending);
		Map<String, SortedSet<String>> live = new HashMap<>();
		active.keySet().forEach((stream) -> live.put(stream, this.workerGroups.liveWorkers(stream)));
		streams.forEach((stream) -> live.computeIfAbsent(stream, (key) -> new TreeSet<>()).add(this.me));
		LeaseAssignor leaseAssignor = new LeaseAssignor(active, live);
		streams.forEach((stream) -> of(stream, active.getOrDefault(stream, List.of()),
				live.getOrDefault(stream, new TreeSet<>()), leaseAssignor));
		leases.stream()
			.filter((lease) -> streams.contains(lease.stream()) && isOrphan(lease))
			.filter((lease) -> !active.getOrDefault(lease.stream(), List.of()).contains(lease))
			.forEach(this.orphans::add);
	}

	/**
	 * A lease that this worker owns without knowing it is released, even if its shard
	 * cannot be read now.
	 */
	private boolean isOrphan(Lease lease) {
		return this.me.equals(lease.owner()) && !lease.isFinished() && !this.heldOrUnreadable.test(lease.key());
	}

	private static Map<String, List<Lease>> active(List<Lease> leases, Set<String> pending) {
		Map<String, Lease> byKey = new HashMap<>();
		leases.forEach((lease) -> byKey.put(lease.key(), lease));
		return leases.stream()
			.filter((lease) -> !lease.isFinished() && !pending.contains(lease.key()))
			.filter((lease) -> isReady(lease, byKey, pending))
			.collect(Collectors.groupingBy(Lease::stream));
	}

	private void of(String stream, List<Lease> active, SortedSet<String> live, LeaseAssignor leaseAssignor) {
		int wanted = 0;
		List<String> unassigned = new ArrayList<>();
		for (Lease lease : active) {
			String target = leaseAssignor.targetOf(lease);
			wanted += this.me.equals(target) ? 1 : 0;
			if (target == null) {
				continue;
			}
			if (!this.heldOrUnreadable.test(lease.key())) {
				sort(lease, target, live);
				if (isFree(lease)) {
					unassigned.add(lease.key());
				}
			}
			else if (this.me.equals(lease.owner()) && !this.me.equals(target)) {
				// This worker may be the only one that reconciles regularly
				this.underserved.add(target);
			}
		}
		this.plans.put(stream, new Plan(wanted, unassigned));
	}

	/**
	 * Whether the parents are finished. A parent without a lease is finished and deleted,
	 * or the table was read while both leases were created. A finished parent may have
	 * been reset since. Therefore each parent is read once more before the claim.
	 */
	private static boolean isReady(Lease lease, Map<String, Lease> byKey, Set<String> pending) {
		return lease.parents()
			.stream()
			.map((parent) -> byKey.get(Lease.key(lease.stream(), parent)))
			.allMatch((parent) -> parent == null || (parent.isFinished() && !pending.contains(parent.key())));
	}

	private void sort(Lease lease, String target, SortedSet<String> live) {
		String owner = lease.owner();
		boolean own = target.equals(this.me);
		if (owner == null || isFree(lease)) {
			free(lease, own, target);
		}
		else if (owner.equals(this.me)) {
			// The response to a claim was lost, or a release failed
			(own ? this.claims : this.orphans).add(lease);
		}
		else if (!live.contains(owner)) {
			// Evicted, or joined during the scan: the timeout decides
			long left = this.workerGroups.timeUntilDead(owner);
			this.timeUntilOwnerDead = (this.timeUntilOwnerDead != null) ? Math.min(this.timeUntilOwnerDead, left)
					: Long.valueOf(left);
		}
		else if (own) {
			this.requests.add(lease);
		}
		else if (!target.equals(owner)) {
			this.underserved.add(target);
		}
	}

	private boolean isFree(Lease lease) {
		return lease.owner() == null || !this.workerGroups.isAlive(lease.owner());
	}

	private void free(Lease lease, boolean own, String target) {
		boolean claimableByAnyone = this.free.isClaimableByAnyone(lease, this.now);
		if (own || claimableByAnyone) {
			this.claims.add(lease);
		}
		else {
			this.underserved.add(target);
			this.incomplete = true;
		}
	}

	/**
	 * The leases to claim now.
	 */
	List<Lease> claims() {
		return this.claims;
	}

	/**
	 * The leases to request from their owners.
	 */
	List<Lease> requests() {
		return this.requests;
	}

	/**
	 * The leases that only the table names as this worker's, and that another worker
	 * should hold.
	 */
	List<Lease> orphans() {
		return this.orphans;
	}

	/**
	 * The workers that have less than their share.
	 */
	Set<String> underserved() {
		return this.underserved;
	}

	/**
	 * How long it takes, in nanoseconds, until an owner that is in no group counts as
	 * dead.
	 * @return the shortest such time, {@code null} if there is no such owner
	 */
	@Nullable Long timeUntilOwnerDead() {
		return this.timeUntilOwnerDead;
	}

	/**
	 * The share of this worker, by stream.
	 */
	Map<String, Plan> plans() {
		return this.plans;
	}

	/**
	 * Whether free leases are reserved for other workers for the moment.
	 */
	boolean isIncomplete() {
		return this.incomplete;
	}

	/**
	 * The share of this worker, and the free leases.
	 *
	 * @param wanted how many leases this worker should hold
	 * @param free the keys of the leases that nobody held
	 */
	record Plan(int wanted, List<String> free) {

	}

}

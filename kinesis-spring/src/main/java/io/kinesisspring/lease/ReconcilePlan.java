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
 * What the table, as it was read, shows one worker to do: nothing is done here. Confined
 * to the coordinator's loop.
 */
final class ReconcilePlan {

	private final String me;

	private final WorkerGroups workerGroups;

	private final FailureDetector failureDetector;

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

	ReconcilePlan(String me, WorkerGroups workerGroups, FailureDetector failureDetector, UnassignedLeases free,
			Predicate<String> heldOrUnreadable, long now) {
		this.me = me;
		this.workerGroups = workerGroups;
		this.failureDetector = failureDetector;
		this.free = free;
		this.heldOrUnreadable = heldOrUnreadable;
		this.now = now;
	}

	/**
	 * Look through the leases.
	 * @param streams those whose shards this worker wants
	 * @param leases the leases of all streams
	 * @param pending the keys of leases that cannot be used as they are
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
	 * What cannot be read now must not wait for me to want it.
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
			if (target != null && !this.heldOrUnreadable.test(lease.key())) {
				sort(lease, target, live);
				if (isFree(lease)) {
					unassigned.add(lease.key());
				}
			}
		}
		this.plans.put(stream, new Plan(wanted, unassigned));
	}

	/**
	 * Parents first. A parent that has no lease has been finished and forgotten, or the
	 * table was read while both leases were made; one that is finished may have been
	 * reset since. So it is asked once more before the claim.
	 */
	private static boolean isReady(Lease lease, Map<String, Lease> byKey, Set<String> pending) {
		return lease.parents()
			.stream()
			.map((parent) -> byKey.get(Lease.key(lease.stream(), parent)))
			.allMatch((parent) -> parent == null || (parent.isFinished() && !pending.contains(parent.key())));
	}

	private void sort(Lease lease, String target, SortedSet<String> live) {
		String owner = lease.owner();
		boolean mine = target.equals(this.me);
		if (owner == null || isFree(lease)) {
			free(lease, mine, target);
		}
		else if (owner.equals(this.me)) {
			// The answer to a claim or the call of a release was lost
			(mine ? this.claims : this.orphans).add(lease);
		}
		else if (!live.contains(owner)) {
			// Buried, or joined while the table was read: its silence will tell
			long left = this.failureDetector.timeUntilDead(owner, this.now);
			this.timeUntilOwnerDead = (this.timeUntilOwnerDead != null) ? Math.min(this.timeUntilOwnerDead, left)
					: Long.valueOf(left);
		}
		else if (mine) {
			this.requests.add(lease);
		}
		else if (!target.equals(owner)) {
			this.underserved.add(target);
		}
	}

	private boolean isFree(Lease lease) {
		return lease.owner() == null || !this.failureDetector.isAlive(lease.owner(), this.now);
	}

	private void free(Lease lease, boolean mine, String target) {
		boolean claimableByAnyone = this.free.isClaimableByAnyone(lease, this.now);
		if (mine || claimableByAnyone) {
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
	 * The leases to ask their owners for.
	 */
	List<Lease> requests() {
		return this.requests;
	}

	/**
	 * The leases that are this worker's by the table only, and should be another's.
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
	 * How long it takes, in nanoseconds, until an owner that is in no group will have
	 * been silent for too long.
	 * @return the shortest such time, {@code null} if there is no such owner
	 */
	@Nullable Long timeUntilOwnerDead() {
		return this.timeUntilOwnerDead;
	}

	/**
	 * What is meant for this worker, by stream.
	 */
	Map<String, Plan> plans() {
		return this.plans;
	}

	/**
	 * Whether something free has been left to others for the moment.
	 */
	boolean isIncomplete() {
		return this.incomplete;
	}

	/**
	 * What is meant for this worker, and what has been seen free.
	 *
	 * @param wanted how many leases this worker should hold
	 * @param free the keys of the leases that nobody held
	 */
	record Plan(int wanted, List<String> free) {

	}

}

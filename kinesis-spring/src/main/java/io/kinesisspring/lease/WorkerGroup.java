package io.kinesisspring.lease;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Workers that read the same streams, have the same timeout, and observe one another. The
 * store keeps a group in one row, so that a heartbeat of one member shows the heartbeats
 * of all. Immutable.
 *
 * @param number tells it apart from the other groups of its application
 * @param streams the streams that its members read
 * @param timeout how long a member may go without a heartbeat before it counts as dead
 * @param heartbeats its members and their counters; a counter moves while its worker
 * lives, its value means nothing
 * @param wakeUps a counter that moves when the members have to reconcile
 * @param handoverRequests the leases that are requested from members of the group: key
 * and epoch, joined by an at sign
 * @since 0.1.0
 */
public record WorkerGroup(int number, SortedSet<String> streams, Duration timeout, SortedMap<String, Long> heartbeats,
		long wakeUps, SortedSet<String> handoverRequests) {

	/**
	 * The maximum number of members, so that their heartbeats fit into one write unit.
	 */
	public static final int MAX_MEMBERS = 16;

	/**
	 * About how many bytes of a group's row may hold requests. Each heartbeat pays for
	 * them.
	 */
	private static final int MAX_REQUEST_BYTES = 16 * 1024;

	/**
	 * The share of one requester: a quarter.
	 */
	private static final int MAX_BYTES_OF_ONE_REQUEST = MAX_REQUEST_BYTES / 4;

	/**
	 * Create a group with sorted copies of the collections.
	 * @param number its number
	 * @param streams the streams that its members read
	 * @param timeout how long a member may go without a heartbeat
	 * @param heartbeats its members and their counters
	 * @param wakeUps the wake-up counter
	 * @param handoverRequests the requested leases
	 * @return the group
	 */
	public static WorkerGroup of(int number, Collection<String> streams, Duration timeout, Map<String, Long> heartbeats,
			long wakeUps, Collection<String> handoverRequests) {
		return new WorkerGroup(number, sorted(streams), timeout,
				Collections.unmodifiableSortedMap(new TreeMap<>(heartbeats)), wakeUps, sorted(handoverRequests));
	}

	private static SortedSet<String> sorted(Collection<String> texts) {
		return Collections.unmodifiableSortedSet(new TreeSet<>(texts));
	}

	/**
	 * Its members, living or not.
	 * @return the ids of the workers
	 */
	public Set<String> members() {
		return this.heartbeats.keySet();
	}

	/**
	 * How many requests a group's row may hold already, so that others can be added. The
	 * row must stay small enough for cheap heartbeats, however many leases are to move.
	 * @param handoverRequests the others
	 * @return the number, less than 0 if these alone are too many
	 */
	public static int maxRequestsBeside(Collection<String> handoverRequests) {
		int longest = handoverRequests.stream().mapToInt(String::length).max().orElse(1);
		return MAX_REQUEST_BYTES / longest - handoverRequests.size();
	}

	/**
	 * Whether one more lease fits into the same request.
	 */
	static boolean fitsInOneRequest(Lease another, int handoverRequests) {
		return (handoverRequests + 1) * another.handoverRequest().length() <= MAX_BYTES_OF_ONE_REQUEST;
	}

	boolean hasRoomFor(Collection<String> wanted, Duration timeout) {
		return this.heartbeats.size() < MAX_MEMBERS && isFor(wanted, timeout);
	}

	/**
	 * Whether a worker may join. A member may join again, because the first response may
	 * have been lost.
	 */
	boolean admits(String worker, Collection<String> wanted, Duration timeout) {
		return (this.heartbeats.size() < MAX_MEMBERS || this.heartbeats.containsKey(worker)) && isFor(wanted, timeout);
	}

	private boolean isFor(Collection<String> wanted, Duration timeout) {
		return this.streams.equals(new TreeSet<>(wanted)) && this.timeout.equals(timeout);
	}

	boolean sharesStreamsWith(WorkerGroup other) {
		return !Collections.disjoint(this.streams, other.streams);
	}

}

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
 * Workers that want the same streams, heartbeat at the same pace and watch over one
 * another, as the store keeps them: one row, so that a heartbeat of any of them shows all
 * the others' heartbeats, too. Immutable.
 *
 * @param number tells it apart from the other groups of its application
 * @param streams the streams whose shards its members want a part of
 * @param timeout how long a member may go without a heartbeat before it counts as dead
 * @param heartbeats its members and their counters; a counter moves while its worker
 * lives, its value means nothing
 * @param wakeUps a counter that moves when the members shall look at the leases
 * @param handoverRequests the leases that their owners, members of the group, are asked
 * for: key and epoch, joined by an at sign
 * @since 0.1.0
 */
public record WorkerGroup(int number, SortedSet<String> streams, Duration timeout, SortedMap<String, Long> heartbeats,
		long wakeUps, SortedSet<String> handoverRequests) {

	/** How many members a group has at most: their heartbeats fit into one write unit. */
	public static final int MAX_MEMBERS = 16;

	/**
	 * How many bytes of a group's row are for asks, about: each heartbeat pays for them.
	 */
	private static final int MAX_REQUEST_BYTES = 16 * 1024;

	/** A quarter of it for each who asks. */
	private static final int MAX_BYTES_OF_ONE_REQUEST = MAX_REQUEST_BYTES / 4;

	/**
	 * A group with copies of what is given, in the order of the text.
	 * @param number its number
	 * @param streams the streams that its members want
	 * @param timeout how long a member may go without a heartbeat
	 * @param heartbeats its members and their counters
	 * @param wakeUps the bell's counter
	 * @param handoverRequests the leases that are asked for
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
	 * How many asks a group's row may hold already, so that others may be added: it must
	 * stay small enough for a heartbeat to be cheap, however many leases are to move.
	 * @param handoverRequests the others
	 * @return the number, less than 0 if these alone are too many
	 */
	public static int maxRequestsBeside(Collection<String> handoverRequests) {
		int longest = handoverRequests.stream().mapToInt(String::length).max().orElse(1);
		return MAX_REQUEST_BYTES / longest - handoverRequests.size();
	}

	/**
	 * Whether another may be asked for in the same request.
	 */
	static boolean fitsInOneRequest(Lease another, int handoverRequests) {
		return (handoverRequests + 1) * another.handoverRequest().length() <= MAX_BYTES_OF_ONE_REQUEST;
	}

	boolean hasRoomFor(Collection<String> wanted, Duration timeout) {
		return this.heartbeats.size() < MAX_MEMBERS && isFor(wanted, timeout);
	}

	/**
	 * Whether a worker may join: one that has joined may do so again, as the answer may
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

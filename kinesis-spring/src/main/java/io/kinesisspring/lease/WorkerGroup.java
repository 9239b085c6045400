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
 * Workers that want the same streams, beat at the same pace and watch over one another,
 * as the store keeps them: one row, so that a beat of any of them shows all the others'
 * beats, too. Immutable.
 *
 * @param number tells it apart from the other crews of its application
 * @param streams the streams whose shards its members want a part of
 * @param patience how long a member may go without a beat before it counts as dead
 * @param beats its members and their counters; a counter moves while its worker lives,
 * its value means nothing
 * @param bell a counter that moves when the members shall look at the leases
 * @param asks the leases that their owners, members of the crew, are asked for: key and
 * epoch, joined by an at sign
 * @since 0.1.0
 */
public record WorkerGroup(int number, SortedSet<String> streams, Duration patience, SortedMap<String, Long> beats,
		long bell, SortedSet<String> asks) {

	/** How many members a crew has at most: their beats fit into one write unit. */
	public static final int MOST_MEMBERS = 16;

	/**
	 * How many bytes of a crew's row are for asks, about: each beat pays for them.
	 */
	private static final int BYTES_FOR_ASKS = 16 * 1024;

	/** A quarter of it for each who asks. */
	private static final int BYTES_AT_ONCE = BYTES_FOR_ASKS / 4;

	/**
	 * A crew with copies of what is given, in the order of the text.
	 * @param number its number
	 * @param streams the streams that its members want
	 * @param patience how long a member may go without a beat
	 * @param beats its members and their counters
	 * @param bell the bell's counter
	 * @param asks the leases that are asked for
	 * @return the crew
	 */
	public static WorkerGroup of(int number, Collection<String> streams, Duration patience, Map<String, Long> beats,
			long bell, Collection<String> asks) {
		return new WorkerGroup(number, sorted(streams), patience,
				Collections.unmodifiableSortedMap(new TreeMap<>(beats)), bell, sorted(asks));
	}

	private static SortedSet<String> sorted(Collection<String> texts) {
		return Collections.unmodifiableSortedSet(new TreeSet<>(texts));
	}

	/**
	 * Its members, living or not.
	 * @return the ids of the workers
	 */
	public Set<String> members() {
		return this.beats.keySet();
	}

	/**
	 * How many asks a crew's row may hold already, so that others may be added: it must
	 * stay small enough for a beat to be cheap, however many leases are to move.
	 * @param asks the others
	 * @return the number, less than 0 if these alone are too many
	 */
	public static int asksThatFitBeside(Collection<String> asks) {
		int longest = asks.stream().mapToInt(String::length).max().orElse(1);
		return BYTES_FOR_ASKS / longest - asks.size();
	}

	/**
	 * Whether another may be asked for in the same request.
	 */
	static boolean isRoomFor(Lease another, int asks) {
		return (asks + 1) * another.ask().length() <= BYTES_AT_ONCE;
	}

	boolean hasRoomFor(Collection<String> wanted, Duration patient) {
		return this.beats.size() < MOST_MEMBERS && isFor(wanted, patient);
	}

	/**
	 * Whether a worker may join: one that has joined may do so again, as the answer may
	 * have been lost.
	 */
	boolean takes(String worker, Collection<String> wanted, Duration patient) {
		return (this.beats.size() < MOST_MEMBERS || this.beats.containsKey(worker)) && isFor(wanted, patient);
	}

	private boolean isFor(Collection<String> wanted, Duration patient) {
		return this.streams.equals(new TreeSet<>(wanted)) && this.patience.equals(patient);
	}

	boolean sharesStreamsWith(WorkerGroup other) {
		return !Collections.disjoint(this.streams, other.streams);
	}

}

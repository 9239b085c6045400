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
public record Crew(int number, SortedSet<String> streams, Duration patience, SortedMap<String, Long> beats, long bell,
		SortedSet<String> asks) {

	/** How many members a crew has at most: their beats fit into one write unit. */
	public static final int MOST_MEMBERS = 16;

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
	public static Crew of(int number, Collection<String> streams, Duration patience, Map<String, Long> beats, long bell,
			Collection<String> asks) {
		return new Crew(number, sorted(streams), patience, Collections.unmodifiableSortedMap(new TreeMap<>(beats)),
				bell, sorted(asks));
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

	boolean hasRoomFor(Collection<String> wanted, Duration patient) {
		return this.beats.size() < MOST_MEMBERS && this.streams.equals(new TreeSet<>(wanted))
				&& this.patience.equals(patient);
	}

	boolean sharesStreamsWith(Crew other) {
		return !Collections.disjoint(this.streams, other.streams);
	}

}

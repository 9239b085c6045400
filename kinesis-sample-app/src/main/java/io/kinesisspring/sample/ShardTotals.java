package io.kinesisspring.sample;

import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;

/**
 * What the flights of one shard add up to, with the sequence number of the last one. A
 * record that is delivered again is recognized by its sequence number, and a flight that
 * was sent again by its number. Neither counts twice. The flights of an airport have
 * ascending numbers, so one that comes after a higher number is out of order.
 */
final class ShardTotals {

	private final Map<String, Airport> airports;

	private final BitSet seen;

	private final Map<String, Integer> elsewhere = new HashMap<>();

	private @Nullable SequenceNumber last;

	private int seenTwice;

	private int outOfOrder;

	ShardTotals(Map<String, Airport> airports, BitSet seen, @Nullable SequenceNumber last, int seenTwice,
			int outOfOrder) {
		this.airports = airports;
		this.seen = seen;
		this.last = last;
		this.seenTwice = seenTwice;
		this.outOfOrder = outOfOrder;
	}

	static ShardTotals empty() {
		return new ShardTotals(new TreeMap<>(), new BitSet(), null, 0, 0);
	}

	/**
	 * Continue where other shards have been: after a split or a merge, the flights of an
	 * airport come from another shard.
	 */
	void follow(Collection<ShardTotals> others) {
		others.forEach((other) -> {
			this.seen.or(other.seen);
			other.airports
				.forEach((origin, airport) -> this.elsewhere.merge(origin, airport.last(), (a, b) -> Math.max(a, b)));
		});
	}

	void add(KinesisRecord<Flight> record) {
		SequenceNumber sequenceNumber = record.sequenceNumber();
		if (this.last != null && sequenceNumber.compareTo(this.last) <= 0) {
			this.seenTwice++;
			return;
		}
		this.last = sequenceNumber;
		count(record.payload());
	}

	void count(Flight flight) {
		Integer number = flight.number();
		if (number != null && this.seen.get(number)) {
			this.seenTwice++;
			return;
		}
		Airport before = this.airports.get(flight.origin());
		int after = (before != null) ? before.last() : this.elsewhere.getOrDefault(flight.origin(), -1);
		if (number != null) {
			this.seen.set(number);
			if (number < after) {
				this.outOfOrder++;
			}
		}
		Airport one = Airport.of(flight, after);
		this.airports.put(flight.origin(), (before != null) ? before.plus(one) : one);
	}

	boolean knows(String origin) {
		return this.airports.containsKey(origin);
	}

	Map<String, Airport> airports() {
		return this.airports;
	}

	/**
	 * The numbers of the flights that have arrived here, and in the shards that this one
	 * follows.
	 */
	BitSet seen() {
		return this.seen;
	}

	@Nullable SequenceNumber last() {
		return this.last;
	}

	int flights() {
		return this.airports.values().stream().mapToInt(Airport::flights).sum();
	}

	int seenTwice() {
		return this.seenTwice;
	}

	int outOfOrder() {
		return this.outOfOrder;
	}

}

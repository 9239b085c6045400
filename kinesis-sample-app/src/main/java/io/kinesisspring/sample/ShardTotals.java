package io.kinesisspring.sample;

import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;

/**
 * What the flights of one shard add up to, with the sequence number of the last one. A
 * record that is delivered again is recognized by its sequence number, and a flight that
 * was sent again by its number. Neither counts twice.
 */
final class ShardTotals {

	private final Map<String, Airport> airports;

	private final BitSet seen;

	private @Nullable SequenceNumber last;

	private int seenTwice;

	ShardTotals(Map<String, Airport> airports, BitSet seen, @Nullable SequenceNumber last, int seenTwice) {
		this.airports = airports;
		this.seen = seen;
		this.last = last;
		this.seenTwice = seenTwice;
	}

	static ShardTotals empty() {
		return new ShardTotals(new TreeMap<>(), new BitSet(), null, 0);
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
		if (flight.number() != null && this.seen.get(flight.number())) {
			this.seenTwice++;
			return;
		}
		if (flight.number() != null) {
			this.seen.set(flight.number());
		}
		this.airports.merge(flight.origin(), Airport.of(flight), Airport::plus);
	}

	Map<String, Airport> airports() {
		return this.airports;
	}

	BitSet seen() {
		return this.seen;
	}

	@Nullable SequenceNumber last() {
		return this.last;
	}

	int seenTwice() {
		return this.seenTwice;
	}

}

package io.kinesisspring.sample;

import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What all flights so far add up to.
 *
 * @param flights how many there were, each counted once
 * @param ofDataSet how many of them are of the data set
 * @param origins how many airports they came from
 * @param meanDelay their mean delay, in minutes
 * @param worstDelay the longest delay, in minutes
 * @param seenTwice how many were delivered again and not counted
 * @param outOfOrder how many arrived after a later one of the same airport
 * @param airports the airports, with most flights first
 */
record FlightSummary(int flights, int ofDataSet, int origins, double meanDelay, int worstDelay, int seenTwice,
		int outOfOrder, List<Line> airports) {

	static FlightSummary of(Collection<ShardTotals> shards) {
		Map<String, Airport> airports = new TreeMap<>();
		BitSet seen = new BitSet();
		int repeated = 0;
		int disordered = overtaken(shards);
		for (ShardTotals totals : shards) {
			totals.airports().forEach((origin, airport) -> airports.merge(origin, airport, Airport::plus));
			seen.or(totals.seen());
			repeated += totals.seenTwice();
			disordered += totals.outOfOrder();
		}
		Airport all = airports.values().stream().reduce(Airport::plus).orElse(new Airport("", 0, 0, 0, -1, -1));
		List<Line> lines = airports.values()
			.stream()
			.sorted(Comparator.comparingInt(Airport::flights).reversed())
			.map((airport) -> new Line(airport.origin(), airport.flights(), rounded(airport), airport.worstDelay()))
			.toList();
		return new FlightSummary(all.flights(), seen.cardinality(), airports.size(), rounded(all), all.worstDelay(),
				repeated, disordered, lines);
	}

	/**
	 * The airports whose flights went on in another shard before this one had finished
	 * them.
	 */
	private static int overtaken(Collection<ShardTotals> shards) {
		int overtaken = 0;
		for (ShardTotals earlier : shards) {
			for (ShardTotals later : shards) {
				for (Airport airport : later.airports().values()) {
					Airport other = earlier.airports().get(airport.origin());
					if (other != null && airport.overtook(other)) {
						overtaken++;
					}
				}
			}
		}
		return overtaken;
	}

	private static double rounded(Airport airport) {
		return (airport.flights() != 0) ? Math.round(airport.meanDelay() * 10_000) / 10_000.0 : 0;
	}

	/**
	 * One airport.
	 *
	 * @param origin the airport
	 * @param flights how many flights came from it
	 * @param meanDelay their mean delay, in minutes
	 * @param worstDelay the longest delay, in minutes
	 */
	record Line(String origin, int flights, double meanDelay, int worstDelay) {

	}

}

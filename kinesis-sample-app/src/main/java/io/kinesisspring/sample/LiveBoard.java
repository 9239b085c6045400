package io.kinesisspring.sample;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Puts together what the page shows, from what all instances have saved. Thread-safe.
 */
@Component
class LiveBoard {

	/** So many flights of each look appear on the map. */
	private static final int ARRIVALS = 16;

	private final FlightLedger ledger;

	private final FlightData data;

	private final FlightsUnderway underway;

	private final LiveShards shards;

	private final LiveEvents events;

	private final LiveExtras extras;

	private final Deque<Flight> arrivals = new ArrayDeque<>();

	private @Nullable BitSet arrived;

	private boolean done;

	LiveBoard(FlightLedger ledger, FlightData data, FlightsUnderway underway, LiveShards shards, LiveEvents events,
			LiveExtras extras) {
		this.ledger = ledger;
		this.data = data;
		this.underway = underway;
		this.shards = shards;
		this.events = events;
		this.extras = extras;
	}

	synchronized LiveState state() {
		Map<String, ShardTotals> totals = this.ledger.totals();
		FlightSummary summary = FlightSummary.of(totals.values());
		addArrivals(seen(totals.values()));
		LiveState.Counts counts = counts(this.ledger.sent(), this.data.flights(), totals.values());
		boolean complete = counts.received() == this.data.size();
		if (complete && !this.done) {
			this.done = true;
			this.events.add("done", "The replay is done: all flights have arrived.");
		}
		LiveShards.View view = this.shards.view(totals, this.underway.waiting(totals));
		return new LiveState(System.currentTimeMillis(), this.extras.stream(), this.data.size(), complete, counts,
				summary.meanDelay(), summary.airports(), List.copyOf(this.arrivals), view.shards(), view.instances(),
				this.events.latest(), this.extras.refused(), this.extras.obstacles());
	}

	/**
	 * A flight is missing once a later one of its airport has arrived: its order is kept,
	 * so it cannot come any more. Until then it is under way.
	 */
	static LiveState.Counts counts(int saved, List<Flight> flights, Collection<ShardTotals> shards) {
		FlightSummary summary = FlightSummary.of(shards);
		BitSet seen = seen(shards);
		int sent = Math.max(saved, seen.length());
		Map<String, Integer> last = new HashMap<>();
		shards.forEach((shard) -> shard.airports()
			.forEach((origin, airport) -> last.merge(origin, airport.last(), (a, b) -> Math.max(a, b))));
		int missing = 0;
		for (int number = seen.nextClearBit(0); number < sent; number = seen.nextClearBit(number + 1)) {
			if (number < last.getOrDefault(flights.get(number).origin(), -1)) {
				missing++;
			}
		}
		int received = summary.ofDataSet();
		return new LiveState.Counts(sent, received, sent - received - missing, summary.seenTwice(), missing,
				summary.outOfOrder());
	}

	private static BitSet seen(Collection<ShardTotals> shards) {
		BitSet seen = new BitSet();
		shards.forEach((shard) -> seen.or(shard.seen()));
		return seen;
	}

	private void addArrivals(BitSet seen) {
		if (this.arrived != null) {
			BitSet fresh = (BitSet) seen.clone();
			fresh.andNot(this.arrived);
			int step = Math.max(1, fresh.cardinality() / ARRIVALS);
			List<Integer> numbers = new ArrayList<>(fresh.stream().boxed().toList());
			for (int i = 0; i < numbers.size(); i += step) {
				this.arrivals.addFirst(this.data.flights().get(numbers.get(i)));
			}
			while (this.arrivals.size() > ARRIVALS) {
				this.arrivals.removeLast();
			}
		}
		this.arrived = seen;
	}

}

package io.kinesisspring.sample;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.springframework.stereotype.Component;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.annotation.KinesisListener;

/**
 * Adds up the flights as they arrive. The method saves the totals before it returns, and
 * the checkpoint follows only then. So no flight is lost, and none counts twice.
 */
@Component
class FlightListener {

	static final String ID = "flights";

	private final FlightLedger ledger;

	private volatile Duration lag = Duration.ZERO;

	FlightListener(FlightLedger ledger) {
		this.ledger = ledger;
	}

	@KinesisListener(id = ID, streams = "${sample.stream}")
	void onFlights(List<KinesisRecord<Flight>> flights) {
		String shardId = flights.get(0).shardId();
		ShardTotals totals = this.ledger.load(shardId, origins(flights));
		SequenceNumber before = totals.last();
		flights.forEach(totals::add);
		this.ledger.save(shardId, before, totals);
		this.lag = Duration.between(flights.get(flights.size() - 1).approximateArrival(), Instant.now());
	}

	private static Set<String> origins(List<KinesisRecord<Flight>> flights) {
		return flights.stream().map((flight) -> flight.payload().origin()).collect(Collectors.toSet());
	}

	/**
	 * Return the time from the arrival of the last flight in the stream until it got
	 * here.
	 */
	Duration lag() {
		return this.lag;
	}

}

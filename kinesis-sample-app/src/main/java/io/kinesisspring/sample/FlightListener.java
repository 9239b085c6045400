package io.kinesisspring.sample;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

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

	private final FlightLedger ledger;

	private volatile Duration lag = Duration.ZERO;

	FlightListener(FlightLedger ledger) {
		this.ledger = ledger;
	}

	@KinesisListener(id = "flights", streams = "${sample.stream}")
	void onFlights(List<KinesisRecord<Flight>> flights) {
		String shardId = flights.get(0).shardId();
		ShardTotals totals = this.ledger.load(shardId);
		SequenceNumber before = totals.last();
		flights.forEach(totals::add);
		this.ledger.save(shardId, before, totals);
		this.lag = Duration.between(flights.get(flights.size() - 1).approximateArrival(), Instant.now());
	}

	/**
	 * Return the time from the arrival of the last flight in the stream until it got
	 * here.
	 */
	Duration lag() {
		return this.lag;
	}

}

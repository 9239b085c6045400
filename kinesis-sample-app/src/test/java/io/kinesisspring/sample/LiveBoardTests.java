package io.kinesisspring.sample;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.producer.SendResult;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LiveBoard} and what waits in the shards.
 */
class LiveBoardTests {

	private static final List<Flight> FLIGHTS = List.of(flight(0, "ATL"), flight(1, "ORD"), flight(2, "ATL"),
			flight(3, "ORD"), flight(4, "ATL"));

	@Test
	void flightIsUnderWayUntilALaterOneOfItsAirportHasArrived() {
		ShardTotals totals = ShardTotals.empty();
		totals.count(FLIGHTS.get(0));
		totals.count(FLIGHTS.get(3));
		assertThat(LiveBoard.counts(4, FLIGHTS, List.of(totals)))
			.as("flight 1 is overtaken by flight 3, and flight 2 can still come")
			.isEqualTo(new LiveState.Counts(4, 2, 1, 0, 1, 0));
	}

	@Test
	void nothingIsMissingAtTheEnd() {
		ShardTotals totals = ShardTotals.empty();
		FLIGHTS.forEach(totals::count);
		assertThat(LiveBoard.counts(5, FLIGHTS, List.of(totals))).isEqualTo(new LiveState.Counts(5, 5, 0, 0, 0, 0));
	}

	@Test
	void countsInOneShardWhatAnotherHasLeftOut() {
		ShardTotals parent = ShardTotals.empty();
		parent.count(FLIGHTS.get(0));
		ShardTotals child = ShardTotals.empty();
		child.follow(List.of(parent));
		child.count(FLIGHTS.get(4));
		assertThat(LiveBoard.counts(5, FLIGHTS, List.of(parent, child)).missing()).isEqualTo(1);
	}

	@Test
	void flightsWaitUntilTheLedgerHasThem() {
		FlightsUnderway underway = new FlightsUnderway();
		underway.add(List.of(sent(100), sent(101), sent(102)));
		ShardTotals totals = ShardTotals.empty();
		assertThat(underway.waiting(Map.of("shardId-0", totals)).get("shardId-0").flights()).isEqualTo(3);
		totals.add(new KinesisRecord<>("flights", "shardId-0", "ATL", SequenceNumber.of("101"), 0,
				KinesisRecord.UNKNOWN_ARRIVAL, FLIGHTS.get(0)));
		assertThat(underway.waiting(Map.of("shardId-0", totals)).get("shardId-0").flights()).isEqualTo(1);
		totals.add(new KinesisRecord<>("flights", "shardId-0", "ATL", SequenceNumber.of("102"), 0,
				KinesisRecord.UNKNOWN_ARRIVAL, FLIGHTS.get(2)));
		assertThat(underway.waiting(Map.of("shardId-0", totals)).get("shardId-0"))
			.isEqualTo(new FlightsUnderway.Waiting(0, 0));
	}

	private static SendResult sent(int sequenceNumber) {
		return new SendResult("flights", "shardId-0", SequenceNumber.of(String.valueOf(sequenceNumber)), null, 1,
				Duration.ZERO);
	}

	private static Flight flight(int number, String origin) {
		return new Flight(number, "2001/01/01 00:00", 10, 100, origin, "LAX");
	}

}

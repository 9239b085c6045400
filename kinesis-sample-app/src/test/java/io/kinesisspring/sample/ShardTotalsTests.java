package io.kinesisspring.sample;

import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ShardTotals} and what {@link FlightSummary} makes of several.
 */
class ShardTotalsTests {

	@Test
	void recordThatIsDeliveredAgainIsSeenTwiceAndNotOutOfOrder() {
		ShardTotals totals = ShardTotals.empty();
		totals.add(record(100, 1, "ATL"));
		totals.add(record(101, 2, "ATL"));
		totals.add(record(100, 1, "ATL"));
		totals.add(record(101, 2, "ATL"));
		assertThat(FlightSummary.of(List.of(totals))).satisfies((summary) -> {
			assertThat(summary.flights()).isEqualTo(2);
			assertThat(summary.seenTwice()).isEqualTo(2);
			assertThat(summary.outOfOrder()).isZero();
		});
	}

	@Test
	void flightAfterALaterOneOfItsAirportIsOutOfOrder() {
		ShardTotals totals = ShardTotals.empty();
		totals.add(record(100, 3, "ATL"));
		totals.add(record(101, 1, "ORD"));
		totals.add(record(102, 2, "ATL"));
		totals.add(record(103, 4, "ATL"));
		assertThat(FlightSummary.of(List.of(totals)).outOfOrder()).isEqualTo(1);
		assertThat(FlightSummary.of(List.of(totals)).ofDataSet()).isEqualTo(4);
	}

	@Test
	void childContinuesWhereItsParentHasEnded() {
		ShardTotals parent = ShardTotals.empty();
		parent.add(record(100, 1, "ATL"));
		parent.add(record(101, 5, "ATL"));
		ShardTotals child = ShardTotals.empty();
		child.follow(List.of(parent));
		child.add(record(200, 6, "ATL"));
		FlightSummary summary = FlightSummary.of(List.of(parent, child));
		assertThat(summary.outOfOrder()).isZero();
		assertThat(summary.ofDataSet()).isEqualTo(3);
		assertThat(summary.airports()).containsExactly(new FlightSummary.Line("ATL", 3, 10, 10));
	}

	@Test
	void childThatStartsTooEarlyIsNoticedWhenItsParentGoesOn() {
		ShardTotals parent = ShardTotals.empty();
		parent.add(record(100, 1, "ATL"));
		ShardTotals child = ShardTotals.empty();
		child.follow(List.of(parent));
		child.add(record(200, 6, "ATL"));
		parent.add(record(101, 5, "ATL"));
		assertThat(FlightSummary.of(List.of(parent, child)).outOfOrder()).isEqualTo(1);
	}

	@Test
	void childIsOutOfOrderIfItsParentHasSeenALaterFlight() {
		ShardTotals parent = ShardTotals.empty();
		parent.add(record(100, 7, "ATL"));
		ShardTotals child = ShardTotals.empty();
		child.follow(List.of(parent));
		child.add(record(200, 6, "ATL"));
		assertThat(FlightSummary.of(List.of(parent, child)).outOfOrder()).isEqualTo(1);
	}

	@Test
	void flightThatIsSentAgainAfterASplitIsSeenTwice() {
		ShardTotals parent = ShardTotals.empty();
		parent.add(record(100, 1, "ATL"));
		ShardTotals child = ShardTotals.empty();
		child.follow(List.of(parent));
		child.add(record(200, 1, "ATL"));
		FlightSummary summary = FlightSummary.of(List.of(parent, child));
		assertThat(summary.flights()).isEqualTo(1);
		assertThat(summary.seenTwice()).isEqualTo(1);
		assertThat(summary.outOfOrder()).isZero();
	}

	private static KinesisRecord<Flight> record(int sequenceNumber, int number, String origin) {
		return new KinesisRecord<>("flights", "shardId-000000000000", origin,
				SequenceNumber.of(String.valueOf(sequenceNumber)), 0, Instant.EPOCH,
				new Flight(number, "2001/01/01 00:00", 10, 100, origin, "LAX"));
	}

}

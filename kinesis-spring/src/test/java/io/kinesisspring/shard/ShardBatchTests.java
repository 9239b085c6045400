package io.kinesisspring.shard;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ShardBatch}.
 */
class ShardBatchTests {

	private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

	@Test
	void spansFromItsFirstRecordToItsLast() {
		assertThat(batch(NOON, NOON.plusSeconds(2), NOON.plusSeconds(7)).span()).isEqualTo(Duration.ofSeconds(7));
		assertThat(batch().span()).isZero();
	}

	@Test
	void spansNothingWithoutArrivalTimes() {
		assertThat(batch(KinesisRecord.UNKNOWN_ARRIVAL, NOON).span()).isZero();
		assertThat(batch(NOON, KinesisRecord.UNKNOWN_ARRIVAL).span()).isZero();
		assertThat(batch(KinesisRecord.UNKNOWN_ARRIVAL).span()).isZero();
	}

	private static ShardBatch batch(Instant... arrivals) {
		List<KinesisRecord<byte[]>> records = List.of(arrivals)
			.stream()
			.map((arrival) -> new KinesisRecord<>("orders", "shard-0", "key", SequenceNumber.of("7"), 0, arrival,
					new byte[0]))
			.toList();
		return new ShardBatch(records, 0, 0, true, false, List.of(), null);
	}

}

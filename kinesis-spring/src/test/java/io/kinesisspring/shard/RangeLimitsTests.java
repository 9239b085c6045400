package io.kinesisspring.shard;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.InitialPosition;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RangeLimits}, with arrival times that are out of order.
 */
class RangeLimitsTests {

	private static final Instant END = Instant.parse("2026-11-23T12:00:00Z");

	private static final ReaderOptions OPTIONS = new ReaderOptions(10_000, Duration.ofMillis(500),
			DataSize.ofMegabytes(1), Duration.ZERO, OnStaleCheckpoint.FAIL, OutOfRange.DELIVER, OnAccessDenied.RETRY,
			Duration.ofMinutes(5), ShardEvents.NONE);

	private final ShardBatch batch = batch(-2_000, 100, -100, 0, -50);

	@Test
	void readsWhatBelongsToTheRangeBehindItsEnd() {
		RangeLimits limits = limits(false);
		assertThat(limits.select(this.batch.records(), false)).extracting(KinesisRecord::subSequenceNumber)
			.containsExactly(0L, 2L, 4L);
		assertThat(limits.isPassed(this.batch, false, 0)).isFalse();
		assertThat(limits.isPassed(batch(20_000), false, 0)).isTrue();
	}

	@Test
	void leavesNoGapBeforeAStrictEnd() {
		RangeLimits limits = limits(true);
		assertThat(limits.select(this.batch.records(), true)).extracting(KinesisRecord::subSequenceNumber)
			.containsExactly(0L);
		assertThat(limits.isPassed(this.batch, false, 0)).isTrue();
		assertThat(limits.isPassed(batch(-200, -100), false, 0)).isFalse();
		assertThat(limits.isPassed(batch(-200, 0), false, 0)).isTrue();
	}

	@Test
	void readsRecordsWhoseArrivalIsAheadIfTheyAreStoredAtTheStart() {
		StreamRange range = new StreamRange(StreamIdentifier.of("orders"), InitialPosition.TRIM_HORIZON, Map.of(), null,
				1, Duration.ofMinutes(1), OPTIONS);
		RangeLimits limits = RangeLimits.of(range, END, END.plusSeconds(1), 0);
		assertThat(limits.select(batch(2_500, 3_000).records(), false)).hasSize(1);
	}

	private static RangeLimits limits(boolean strict) {
		StreamRange range = new StreamRange(StreamIdentifier.of("orders"), InitialPosition.TRIM_HORIZON, Map.of(), END,
				1, Duration.ofMinutes(1), OPTIONS, strict);
		return RangeLimits.of(range, END, END.plusSeconds(1), 0);
	}

	private static ShardBatch batch(long... millisFromEnd) {
		List<Long> times = Arrays.stream(millisFromEnd).boxed().toList();
		List<KinesisRecord<byte[]>> records = times.stream()
			.map((millis) -> new KinesisRecord<>("orders", "shard-0", "key", SequenceNumber.of("7"),
					times.indexOf(millis), END.plusMillis(millis), new byte[0]))
			.toList();
		return new ShardBatch(records, 0, 1_000, false, false, List.of(), null);
	}

}

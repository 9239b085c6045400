package io.kinesisspring.boot.console;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.boot.console.ShardPreview.Direction;
import io.kinesisspring.boot.console.ShardPreview.Result;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.Lease;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ShardPreview}: its estimate if only a part of a shard could be read.
 * The shard has one record a second. The sequence number of a record is its second.
 */
class ShardPreviewTests {

	private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");

	private static final Instant NOW = START.plusSeconds(3600);

	@Test
	void estimatesUpToTheTipWhatIsSkipped() {
		assertThat(preview(Checkpoint.TRIM_HORIZON, "latest", 900, null))
			.isEqualTo(new Expected(Direction.SKIPPED, 3600L));
	}

	@Test
	void estimatesUpToAMomentWhatIsSkipped() {
		assertThat(preview(Checkpoint.TRIM_HORIZON, START.plusSeconds(1800).toString(), 900, null))
			.isEqualTo(new Expected(Direction.SKIPPED, 1800L));
	}

	@Test
	void estimatesUpToTheCheckpointWhatIsDeliveredAgain() {
		assertThat(preview(after(3000), "trim-horizon", 600, Duration.ofSeconds(600)))
			.isEqualTo(new Expected(Direction.AGAIN, 3000L));
	}

	@Test
	void theTimeOfACheckpointIsThatOfAShardThatIsRead() {
		assertThat(preview(after(3000), "trim-horizon", 600, null)).isEqualTo(new Expected(Direction.AGAIN, null));
	}

	@Test
	void nothingIsEstimatedFromNothing() {
		assertThat(preview(Checkpoint.TRIM_HORIZON, "latest", 0, null))
			.isEqualTo(new Expected(Direction.UNKNOWN, null));
		assertThat(preview(Checkpoint.TRIM_HORIZON, "latest", 1, null))
			.isEqualTo(new Expected(Direction.SKIPPED, null));
	}

	@Test
	void theEstimateIsNeverBelowWhatWasCounted() {
		assertThat(preview(after(3000), "trim-horizon", 600, Duration.ofSeconds(3500)))
			.isEqualTo(new Expected(Direction.AGAIN, 600L));
	}

	/**
	 * Read a part of what has to be read.
	 */
	private static Expected preview(Checkpoint from, String position, int count, @Nullable Duration lag) {
		ShardPreview preview = ShardPreview.of(Lease.initial("stream", "shard", from, Set.of()), position, NOW);
		for (int second = 0; second < count; second++) {
			preview.count(new KinesisRecord<>("stream", "shard", "key", SequenceNumber.of(Integer.toString(second + 1)),
					0, START.plusSeconds(second), new byte[0]));
		}
		assertThat(preview.isComplete()).isFalse();
		Result result = preview.result(lag);
		assertThat(result.estimated()).isTrue();
		return new Expected(result.direction(),
				(result.records() != null) ? Math.round(result.records() / 100.0) * 100 : null);
	}

	private static Checkpoint after(int second) {
		return Checkpoint.after(SequenceNumber.of(Integer.toString(second)), Checkpoint.WHOLE_RECORD);
	}

	private record Expected(Direction direction, @Nullable Long records) {

	}

}

package io.kinesisspring.scheduling;

import java.time.Duration;
import java.util.LongSummaryStatistics;
import java.util.Random;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link FullJitter}.
 */
class FullJitterTests {

	private final FullJitter backoff = new FullJitter(Duration.ofMillis(200), Duration.ofSeconds(10), new Random(42));

	@Test
	void spreadsDelaysFromZeroToABoundThatDoubles() {
		for (int failures = 1; failures <= 5; failures++) {
			long bound = Duration.ofMillis(200).toNanos() << (failures - 1);
			LongSummaryStatistics pauses = pauses(failures);
			assertThat(pauses.getMin()).isBetween(0L, bound / 50);
			assertThat(pauses.getMax()).isBetween(bound - bound / 50, bound);
			assertThat((long) pauses.getAverage()).isBetween(bound * 45 / 100, bound * 55 / 100);
		}
	}

	@Test
	void neverExceedsTheMaximum() {
		assertThat(pauses(30).getMax()).isLessThanOrEqualTo(Duration.ofSeconds(10).toNanos());
		assertThat(pauses(Integer.MAX_VALUE).getMax()).isLessThanOrEqualTo(Duration.ofSeconds(10).toNanos());
	}

	private LongSummaryStatistics pauses(int failures) {
		return LongStream.range(0, 1_000).map((i) -> this.backoff.pauseNanos(failures)).summaryStatistics();
	}

}

package io.kinesisspring.metrics;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Lag}.
 */
class LagTests {

	private final MockClock clock = new MockClock();

	private final Meters meters = new Meters(new SimpleMeterRegistry(SimpleConfig.DEFAULT, this.clock));

	private final Lag lag = new Lag(this.meters.now());

	@Test
	void aShardThatWasNeverReadFallsBehindFromItsStart() {
		assertThat(lag()).isZero();
		after(3000);
		assertThat(lag()).isEqualTo(3000);
	}

	@Test
	void aShardThatHasCaughtUpLagsByTheTimeSinceItWasRead() {
		after(10_000);
		fetched(0, 0, 0);
		assertThat(lag()).isZero();
		after(200);
		assertThat(lag()).isEqualTo(200);
		fetched(0, 0, 0);
		assertThat(lag()).isZero();
	}

	@Test
	void aShardThatIsNotReadFallsBehind() {
		fetched(0, 5000, 0);
		after(60_000);
		assertThat(lag()).isEqualTo(65_000);
	}

	@Test
	void lagsByTheAgeOfTheFirstUnprocessedRecord() {
		fetched(100, 1000, 4000);
		assertThat(lag()).isEqualTo(5000);
		after(500);
		fetched(100, 0, 1000);
		assertThat(lag()).as("the first batch is not finished").isEqualTo(5500);
		this.lag.handled();
		assertThat(lag()).as("the second one is in hand").isEqualTo(1000);
		after(250);
		this.lag.handled();
		assertThat(lag()).as("the last read ended at the tip").isEqualTo(250);
	}

	@Test
	void unprocessedRecordsCountUntilReadingResumes() {
		fetched(100, 0, 4000);
		after(1000);
		this.lag.reopened();
		assertThat(lag()).isEqualTo(5000);
		this.lag.handled();
		assertThat(lag()).isEqualTo(5000);
		fetched(0, 0, 0);
		assertThat(lag()).isZero();
	}

	private void fetched(int records, long behind, long span) {
		this.lag.batchRead(records, behind, Duration.ofMillis(span), this.meters.now());
	}

	private void after(long millis) {
		this.clock.add(millis, TimeUnit.MILLISECONDS);
	}

	private double lag() {
		return this.lag.point().millisAt(this.meters);
	}

}

package io.kinesisspring.metrics;

import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.lease.Checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CheckpointAge}.
 */
class CheckpointAgeTests {

	private final MockClock clock = new MockClock();

	private final Meters meters = new Meters(new SimpleMeterRegistry(SimpleConfig.DEFAULT, this.clock));

	private final CheckpointAge age = new CheckpointAge();

	@Test
	void isZeroForAnIdleShard() {
		after(60_000);
		assertThat(age()).isZero();
	}

	@Test
	void growsFromTheFirstUncheckpointedRecord() {
		this.age.begun(at(5), this.meters.now());
		after(1000);
		this.age.begun(at(9), this.meters.now());
		after(1000);
		assertThat(age()).isEqualTo(2000);
	}

	@Test
	void eachCheckpointReducesItAndTheLastOneEndsIt() {
		this.age.begun(at(9), this.meters.now());
		after(1000);
		this.age.written(at(5), this.meters.now());
		assertThat(age()).isZero();
		after(700);
		assertThat(age()).isEqualTo(700);
		this.age.written(at(9), this.meters.now());
		after(60_000);
		assertThat(age()).isZero();
	}

	@Test
	void theEndOfTheShardCoversAllRecords() {
		this.age.begun(at(9), this.meters.now());
		this.age.written(Checkpoint.SHARD_END, this.meters.now());
		after(60_000);
		assertThat(age()).isZero();
	}

	@Test
	void aPositionThatCoversNothingIsNoProgress() {
		this.age.begun(at(9), this.meters.now());
		this.age.written(Checkpoint.TRIM_HORIZON, this.meters.now());
		after(100);
		assertThat(age()).isEqualTo(100);
	}

	@Test
	void countsRecordsThatAreReadTwice() {
		this.age.begun(at(9), this.meters.now());
		this.age.reopened();
		after(1000);
		assertThat(age()).isZero();
	}

	private static Checkpoint.After at(int number) {
		return new Checkpoint.After(SequenceNumber.of(String.valueOf(number)), 0);
	}

	private void after(long millis) {
		this.clock.add(millis, TimeUnit.MILLISECONDS);
	}

	private double age() {
		return this.age.millis(this.meters);
	}

}

package io.kinesisspring.listener;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.kinesisspring.testing.Seeds;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whole consumers in simulated storms; see {@link SimulatedConsumers} for what must hold
 * at every single record.
 */
class SimulatedConsumersTests {

	static LongStream seeds() {
		return Seeds.of(100);
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5 })
	void oneSeedRepeatsARunExactly(long seed) {
		assertThat(new SimulatedConsumers(seed, 0.08, 3, 2).storm().trace())
			.isEqualTo(new SimulatedConsumers(seed, 0.08, 3, 2).storm().trace());
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void processesEveryRecordInOrder(long seed) {
		new SimulatedConsumers(seed, 0.08, 3, 1).storm().assertThatAllIsProcessed();
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 })
	void deletesTheLeasesOfShardsThatTheServiceHasDeleted(long seed) {
		new SimulatedConsumers(seed, 0.08, 3, 1).storm().assertThatNothingIsLeftOfForgottenShards();
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void processesEveryRecordInOrderByFanOut(long seed) {
		new SimulatedConsumers(seed, 0.08, 3, 1 + (int) (seed % 3)).byFanOut().storm().assertThatAllIsProcessed();
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void processesEveryRecordInOrderWhileTheModeIsSwitched(long seed) {
		new SimulatedConsumers(seed, 0.08, 3, 1).byEitherMode().storm().assertThatAllIsProcessed();
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void processesEveryRecordOfSeveralStreamsInOrder(long seed) {
		new SimulatedConsumers(seed, 0.08, 4, 1 + (int) (seed % 2)).withStreams(2 + (int) (seed % 3))
			.storm()
			.assertThatAllIsProcessed();
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void processesEveryRecordInTheOrderOfItsKey(long seed) {
		new SimulatedConsumers(seed, 0.08, 3, 3).storm().assertThatAllIsProcessed();
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void processesEveryRecordInOrderWithEmptyResponsesAndStaleListings(long seed) {
		SimulatedConsumers consumers = new SimulatedConsumers(seed, 0.08, 3, 1).withEmptyResponses()
			.withStaleListings();
		((seed % 2 == 0) ? consumers : consumers.byEitherMode()).storm().assertThatAllIsProcessed();
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void processesEveryRecordInOrderIfTheServiceNamesNoChildren(long seed) {
		SimulatedConsumers consumers = new SimulatedConsumers(seed, 0.08, 3, 1).withEmptyResponses()
			.withStaleListings();
		consumers.kinesis.nameNoChildren();
		((seed % 2 == 0) ? consumers : consumers.byEitherMode()).storm().assertThatAllIsProcessed();
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void dropsWhatIsInTheWrongShardAndNothingElse(long seed) {
		SimulatedConsumers consumers = new SimulatedConsumers(seed, 0.08, 3, 1 + (int) (seed % 3))
			.withoutRecordsOutOfRange();
		((seed % 2 == 0) ? consumers : consumers.byEitherMode()).storm();
		consumers.assertThatAllIsProcessed();
		consumers.assertThatNoDroppedRecordHoldsCheckpointsBack();
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void reportsRecordsThatExpiredBeforeTheyWereRead(long seed) {
		SimulatedConsumers consumers = new SimulatedConsumers(seed, 0.08, 3, 1).withRetentionThatOvertakes();
		((seed % 2 == 0) ? consumers : consumers.byEitherMode()).storm().assertThatAllIsProcessed();
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void processesEveryRecordOnceIfWorkersOnlyStartAndStop(long seed) {
		SimulatedConsumers consumers = new SimulatedConsumers(seed, 0, 4, 1 + (int) (seed % 3));
		if (seed % 4 == 0) {
			consumers.withoutRecordsOutOfRange();
		}
		Random random = new Random(seed);
		consumers.start("first");
		for (int event = 0; event < 15; event++) {
			List<SimulatedConsumers.Consumer> running = consumers.consumers();
			running.forEach(SimulatedConsumers.Consumer::resume);
			if (running.size() > 1 && random.nextBoolean()) {
				running.get(random.nextInt(running.size())).stop();
			}
			else if (event % 4 == 3) {
				running.get(random.nextInt(running.size())).pause();
			}
			else {
				consumers.start("w" + event);
			}
			if (random.nextInt(4) == 0) {
				consumers.kinesis.split(consumers.kinesis.openShards().get(0));
			}
			for (int i = random.nextInt(60); i > 0; i--) {
				List<String> open = consumers.kinesis.openShards();
				consumers.put(open.get(random.nextInt(open.size())));
				consumers.advance(Duration.ofMillis(random.nextInt(100)));
			}
		}
		consumers.consumers().forEach(SimulatedConsumers.Consumer::resume);
		consumers.advance(Duration.ofMinutes(1));
		consumers.assertThatAllIsProcessed();
		assertThat(consumers.repeated()).as("repeated (seed %s)", seed).isZero();
		assertThat(consumers.outOfRangeDelivered()).as("delivered out of range (seed %s)", seed).isZero();
	}

}

package io.kinesisspring.listener;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whole consumers in simulated storms; see {@link SimulatedConsumers} for what must hold
 * at every single record.
 */
class SimulatedConsumersTests {

	static LongStream seeds() {
		return LongStream.rangeClosed(1, Long.getLong("kinesis.test.seeds", 100));
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void processesEveryRecordInOrderWhateverHappens(long seed) {
		processEveryRecordWhateverHappens(seed, 1);
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void processesEveryRecordInTheOrderOfItsKeyWhateverHappens(long seed) {
		processEveryRecordWhateverHappens(seed, 3);
	}

	private static void processEveryRecordWhateverHappens(long seed, int concurrency) {
		SimulatedConsumers consumers = new SimulatedConsumers(seed, 0.08, 3, concurrency);
		Random random = new Random(seed);
		Set<SimulatedConsumers.Consumer> islands = new HashSet<>();
		consumers.start("first");
		for (int event = 0; event < 40; event++) {
			happen(consumers, random, event, islands);
			for (int i = random.nextInt(60); i > 0; i--) {
				List<String> open = consumers.kinesis.openShards();
				consumers.kinesis.put(open.get(random.nextInt(open.size())));
				consumers.advance(Duration.ofMillis(random.nextInt(60)));
			}
		}
		islands.forEach((island) -> island.cutOff(false));
		consumers.calmDown();
		consumers.consumers().forEach(SimulatedConsumers.Consumer::resume);
		consumers.start("last");
		consumers.advance(Duration.ofMinutes(3));
		consumers.assertThatAllIsProcessed();
	}

	private static void happen(SimulatedConsumers consumers, Random random, int event,
			Set<SimulatedConsumers.Consumer> islands) {
		List<SimulatedConsumers.Consumer> running = new ArrayList<>(consumers.consumers());
		List<String> open = consumers.kinesis.openShards();
		switch (random.nextInt(10)) {
			case 0, 1 -> consumers.start("w" + event);
			case 2 -> running.stream().findAny().ifPresent(SimulatedConsumers.Consumer::stop);
			case 3 -> running.stream().findAny().ifPresent(SimulatedConsumers.Consumer::kill);
			case 4 -> consumers.kinesis.split(open.get(random.nextInt(open.size())));
			case 5 -> {
				if (open.size() > 2) {
					consumers.kinesis.merge(open.get(0), open.get(open.size() - 1));
				}
			}
			case 6 -> running.stream().findAny().ifPresent((consumer) -> {
				boolean cutOff = islands.add(consumer) || !islands.remove(consumer);
				consumer.cutOff(cutOff);
			});
			case 7 -> running.stream().findAny().ifPresent(SimulatedConsumers.Consumer::pause);
			case 8 -> running.forEach(SimulatedConsumers.Consumer::resume);
			default -> {
			}
		}
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void processesEveryRecordOnceWhenWorkersOnlyComeAndGo(long seed) {
		SimulatedConsumers consumers = new SimulatedConsumers(seed, 0, 4, 1 + (int) (seed % 3));
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
				consumers.kinesis.put(open.get(random.nextInt(open.size())));
				consumers.advance(Duration.ofMillis(random.nextInt(100)));
			}
		}
		consumers.consumers().forEach(SimulatedConsumers.Consumer::resume);
		consumers.advance(Duration.ofMinutes(1));
		consumers.assertThatAllIsProcessed();
		assertThat(consumers.repeated()).as("repeated (seed %s)", seed).isZero();
	}

}

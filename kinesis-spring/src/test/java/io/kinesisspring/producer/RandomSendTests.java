package io.kinesisspring.producer;

import java.util.stream.LongStream;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.kinesisspring.testing.Seeds;

/**
 * Sends while everything goes wrong that can, by chance. More often with
 * {@code -Dkinesis.test.seeds}.
 */
class RandomSendTests {

	static LongStream seeds() {
		return Seeds.of(150);
	}

	/** On real threads a run takes longer, and no seed repeats it. */
	static LongStream fewSeeds() {
		return LongStream.rangeClosed(1, Math.max(8, Seeds.of(150).count() / 10));
	}

	@ParameterizedTest(name = "seed {0}")
	@MethodSource("seeds")
	void completesEachRecordAndKeepsTheOrder(long seed) {
		try {
			new SendStorm(seed).run();
		}
		catch (VirtualMachineError ex) {
			throw new AssertionError("What was thrown to the template came out of it (seed " + seed + ")", ex);
		}
	}

	@ParameterizedTest(name = "seed {0}")
	@MethodSource("fewSeeds")
	@Timeout(600)
	void leavesNoFutureOpenOnRealThreads(long seed) throws Exception {
		new ThreadedStorm(seed).run();
	}

}

package io.kinesisspring.listener;

import java.util.stream.LongStream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.kinesisspring.testing.Seeds;

/**
 * Listeners of all kinds, and user code that does whatever user code does: what no
 * listener has finished, no policy has given up on and no recoverer has taken comes
 * again, in the order of its key. See {@link ListenerOracle} for what else must hold.
 */
class RandomListenerTests {

	static LongStream seeds() {
		return Seeds.of(200);
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void noCheckpointPassesAnUnfinishedRecord(long seed) {
		new SimulatedListener(seed).play();
	}

}

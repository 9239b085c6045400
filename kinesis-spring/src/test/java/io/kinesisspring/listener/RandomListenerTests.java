package io.kinesisspring.listener;

import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.kinesisspring.testing.Seeds;

import static org.assertj.core.api.Assertions.assertThat;

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

	/**
	 * Records of one call count as one key's, so only record listeners are looked at.
	 */
	@Test
	void deliversRecordsWithoutAKeyInParallelUpToTheConcurrency() {
		int[] most = new int[5];
		for (long seed = 1; seed <= 200; seed++) {
			SimulatedListener listener = new SimulatedListener(seed);
			if (listener.scenario.withoutKeys() && !listener.scenario.form().isBatch()) {
				listener.play();
				int concurrency = listener.scenario.concurrency();
				most[concurrency] = Math.max(most[concurrency], listener.oracle.withoutKeyAtOnce());
			}
		}
		assertThat(most).containsExactly(0, 1, 2, 3, 4);
	}

}

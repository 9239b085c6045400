package io.kinesisspring.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What coordination asks of DynamoDB, counted call by call in simulated minutes with the
 * real protocol, beside what the KCL would ask by the formula of its own intervals: a
 * write a lease every 3.3 s, a write a worker every 30 s, the leader's scan of the table
 * every 20 s and a query a worker every 10 s.
 */
class CoordinationTrafficTests {

	private static final Duration MINUTE = Duration.ofMinutes(1);

	private static final Duration STEP = Duration.ofSeconds(1);

	/** KCL rows carry the hash range, the owner and several counters. */
	private static final int KCL_LEASE_BYTES = 300;

	private final long seed = System.nanoTime();

	@ParameterizedTest
	@CsvSource({ "4, 1", "4, 10", "4, 50", "100, 1", "100, 10", "100, 50" })
	void costDependsOnWorkersAndNotOnShards(int shards, int workers) {
		count(shards, workers);
	}

	@ParameterizedTest
	@Tag("thorough")
	@CsvSource({ "1000, 1", "1000, 10", "1000, 50" })
	void costDependsOnWorkersWithManyShards(int shards, int workers) {
		count(shards, workers);
	}

	private void count(int shards, int workers) {
		SimulatedFleet fleet = new SimulatedFleet(this.seed, 0, shards);
		List<SimulatedFleet.Member> members = start(fleet, workers);
		Traffic idle = new Traffic();
		Traffic busy = new Traffic();
		minutes(fleet, 4, idle, () -> {
		});
		minutes(fleet, 1, busy, () -> members.forEach(SimulatedFleet.Member::checkpointAll));
		double kcl = kclUnits(shards, workers);
		System.out.printf(Locale.ROOT, "| %d | %d | %d | %.0f | %.0f | %.0f | %.2f | %d | %.0f |%n", shards, workers,
				idle.requests() / 4, idle.writeUnits() / 4, idle.readUnits() / 4, kcl,
				(idle.writeUnits() + idle.readUnits()) / 4 / kcl, busy.requests(),
				busy.writeUnits() + busy.readUnits());
		assertThat(idle.requests() / 4).as("requests a minute (seed %s)", this.seed).isLessThan(32 * workers + 60);
		if (shards == 1000 && workers == 50) {
			assertThat((idle.writeUnits() + idle.readUnits()) / 4).as("units a minute (seed %s)", this.seed)
				.isLessThan(kcl / 10);
		}
	}

	private static List<SimulatedFleet.Member> start(SimulatedFleet fleet, int workers) {
		List<SimulatedFleet.Member> members = new ArrayList<>();
		for (int i = 0; i < workers; i++) {
			members.add(fleet.start(String.format(Locale.ROOT, "1234567-%016x", i)));
		}
		fleet.advance(Duration.ofMinutes(2), STEP);
		List<Integer> sizes = fleet.sizes();
		assertThat(sizes.get(workers - 1) - sizes.get(0)).as("balanced: %s", sizes).isLessThanOrEqualTo(1);
		return members;
	}

	private static void minutes(SimulatedFleet fleet, int minutes, Traffic counted, Runnable everySecond) {
		fleet.traffic.clear();
		for (int second = 0; second < minutes * MINUTE.toSeconds(); second++) {
			everySecond.run();
			fleet.advance(STEP, STEP);
		}
		counted.add(fleet.traffic);
	}

	private static double kclUnits(int shards, int workers) {
		double scan = Math.ceil(shards * KCL_LEASE_BYTES / 4096.0) / 2;
		return shards * 60 / 3.3 + workers * 2 + 3 * scan + workers * 6 * 0.5;
	}

	@Test
	void convergesInTwoRounds() {
		converge(400, 40);
	}

	/**
	 * A fleet that starts at once, as large as {@code kinesis.test.shards} and
	 * {@code kinesis.test.workers} say.
	 */
	@Test
	@Tag("thorough")
	void convergesInTwoRoundsWhenItIsLarge() {
		converge(Integer.getInteger("kinesis.test.shards", 2_000), Integer.getInteger("kinesis.test.workers", 100));
	}

	private void converge(int shards, int workers) {
		SimulatedFleet fleet = new SimulatedFleet(this.seed, 0, shards);
		for (int i = 0; i < workers; i++) {
			fleet.start("w" + i);
		}
		Duration held = fleet.advanceUntilAllShardsAreHeld(MINUTE);
		Duration balanced = held;
		while (!isBalanced(fleet, shards, workers)) {
			fleet.advance(Duration.ofMillis(100), Duration.ofMillis(100));
			balanced = balanced.plusMillis(100);
			assertThat(balanced).as("seed %s: %s", this.seed, fleet.sizes()).isLessThan(MINUTE);
		}
		System.out.printf(Locale.ROOT,
				"%d shards, %d workers: all held after %.1f s, balanced after %.1f s, %d moves, %s%n", shards, workers,
				held.toMillis() / 1000.0, balanced.toMillis() / 1000.0, fleet.handovers().size() - shards,
				fleet.traffic);
	}

	private static boolean isBalanced(SimulatedFleet fleet, int shards, int workers) {
		List<Integer> sizes = fleet.sizes();
		return sizes.stream().mapToInt(Integer::intValue).sum() == shards && sizes.get(workers - 1) - sizes.get(0) <= 1;
	}

}

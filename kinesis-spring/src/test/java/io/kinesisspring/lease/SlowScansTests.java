package io.kinesisspring.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.kinesisspring.testing.Seeds;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Large fleets whose scans take seconds, as those of a large table or of one that is
 * throttled do: by the time when the last page is there, what the first one said is old.
 */
class SlowScansTests {

	private static final int WORKERS = 20;

	private static final Duration STEP = Duration.ofMillis(50);

	static LongStream seeds() {
		return new Random().longs(Seeds.count(8));
	}

	/**
	 * A reconciliation that sees the workers of the other group, and at once another
	 * whose scan begins before they have beaten again, and ends when that would have been
	 * too long ago.
	 */
	@ParameterizedTest
	@MethodSource("seeds")
	void judgesNoWorkerDeadByADelayedResponse(long seed) {
		SimulatedFleet fleet = new SimulatedFleet(seed, 0, 40);
		List<SimulatedFleet.Member> members = start(fleet);
		AtomicInteger scans = new AtomicInteger();
		members.get(WORKERS - 1)
			.connection()
			.scansTake(() -> Duration.ofMillis((scans.incrementAndGet() % 2 == 0) ? 8_000 : 20));
		int settled = fleet.handovers().size();
		for (int i = 0; i < 60; i++) {
			fleet.store.load()
				.join()
				.groups()
				.forEach((group) -> fleet.store.workerGroups().wakeUp(group.number()).join());
			fleet.advance(Duration.ofSeconds(5), STEP);
		}
		assertThat(scans).as("scans (seed %s)", seed).hasValueGreaterThan(20);
		assertThat(fleet.handovers()).as("seed %s", seed).hasSize(settled);
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void detectsADeadWorkerDespiteSlowScans(long seed) {
		SimulatedFleet fleet = new SimulatedFleet(seed, 0, 40);
		List<SimulatedFleet.Member> members = start(fleet);
		members.forEach((member) -> member.connection().scansTake(() -> Duration.ofSeconds(3)));
		members.get(WORKERS - 1).kill();
		assertThat(fleet.advanceUntilAllShardsAreHeld(Duration.ofMinutes(1))).as("seed %s", seed)
			.isLessThan(Duration.ofSeconds(10 + 2 * 3 + 2));
	}

	/**
	 * A reset sees the workers by its scans alone.
	 */
	@ParameterizedTest
	@MethodSource("seeds")
	void aResetClaimsNoLeaseOfALiveWorker(long seed) {
		SimulatedFleet fleet = new SimulatedFleet(seed, 0, 4);
		SimulatedFleet.Member owner = fleet.start("a");
		fleet.advance(Duration.ofSeconds(15), STEP);
		owner.hang();
		SimulatedFleet.Reset reset = fleet.reset("reset", null, Checkpoint.TRIM_HORIZON, true);
		AtomicInteger scans = new AtomicInteger();
		reset.connection.scansTake(() -> Duration.ofMillis((scans.incrementAndGet() % 2 == 0) ? 8_000 : 20));
		fleet.advance(Duration.ofSeconds(90), STEP);
		assertThat(reset.done).as("seed %s", seed).isCompletedExceptionally();
		assertThat(fleet.store.load().join().leases()).as("seed %s", seed)
			.allSatisfy((lease) -> assertThat(lease.owner()).isEqualTo("a-1"));
	}

	private static List<SimulatedFleet.Member> start(SimulatedFleet fleet) {
		List<SimulatedFleet.Member> members = new ArrayList<>();
		for (int i = 0; i < WORKERS; i++) {
			members.add(fleet.start("w" + i));
		}
		fleet.advance(Duration.ofMinutes(1), STEP);
		assertThat(fleet.sizes()).containsOnly(2);
		assertThat(fleet.store.load().join().groups()).hasSizeGreaterThan(1);
		return members;
	}

}

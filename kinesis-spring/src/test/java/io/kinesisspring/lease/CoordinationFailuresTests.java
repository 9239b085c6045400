package io.kinesisspring.lease;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.kinesisspring.KinesisConfigurationException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a worker does while something does not work: it tries again, more and more seldom,
 * and goes on by itself when it works again.
 */
class CoordinationFailuresTests {

	/** Pauses of half a second that double up to 15 s, each half of that on average. */
	private static final int MAX_IN_TWO_MINUTES = 45;

	private final long seed = System.nanoTime();

	@RegisterExtension
	final TestExecutionExceptionHandler seedOnFailure = (test, ex) -> {
		throw new AssertionError("seed " + this.seed + ": " + ex.getMessage(), ex);
	};

	private final SimulatedFleet fleet = new SimulatedFleet(this.seed, 0, 8);

	private SimulatedFleet.Member a;

	@BeforeEach
	void start() {
		this.a = this.fleet.start("a");
		this.fleet.advance(Duration.ofSeconds(5));
	}

	@ParameterizedTest
	@CsvSource({ "requestHandover, 45, 55", "load, 45, 45", "claim, 350, 90" })
	void retriesFailedCallsWithGrowingBackOff(String call, int most, int maxScans) {
		SimulatedFleet.Member b = this.fleet.start("b");
		this.fleet.advanceUntil(() -> b.calls().containsKey("join"));
		b.connection().fail(call);
		this.fleet.advance(Duration.ofMinutes(2));
		Map<String, Integer> calls = b.calls();
		assertThat(calls.get(call)).as("%s", calls).isLessThan(most);
		assertThat(calls.get("load")).as("%s", calls).isLessThan(maxScans);
		b.connection().fail();
		this.fleet.advance(Duration.ofSeconds(40));
		assertThat(this.fleet.sizes()).containsExactly(4, 4);
	}

	@Test
	void retriesAFailedJoinWithGrowingBackOff() {
		this.fleet.store.workerGroups().leave(0, "a-1").join();
		this.a.connection().fail("join");
		this.a.calls().clear();
		this.fleet.advance(Duration.ofMinutes(2));
		assertThat(this.a.calls().get("join")).isBetween(8, MAX_IN_TWO_MINUTES);
		this.a.connection().fail();
		this.fleet.advance(Duration.ofSeconds(40));
		assertThat(this.fleet.sizes()).containsExactly(8);
	}

	@Test
	void retriesAFailedListingWithGrowingBackOffAndFindsTheNextShard() {
		this.fleet.close("shard-0");
		this.fleet.failToList();
		int before = this.fleet.listings();
		this.a.checkpoint("shard-0", Checkpoint.SHARD_END);
		this.fleet.advance(Duration.ofMinutes(5));
		assertThat(this.fleet.listings() - before).isBetween(15, 100);
		this.fleet.repair();
		this.fleet.add("child", "shard-0");
		this.fleet.advance(Duration.ofSeconds(90));
		assertThat(this.a.validShards()).contains("child");
	}

	@Test
	void keepsReconcilingWhenAListingThrows() {
		this.fleet.failToList();
		this.fleet.advance(Duration.ofMinutes(5));
		this.fleet.repair();
		this.fleet.add("new");
		this.fleet.advance(Duration.ofSeconds(100));
		assertThat(this.a.validShards()).contains("new");
	}

	@Test
	void keepsCoordinatingWhenTheHolderThrows() {
		SimulatedFleet.Member b = this.fleet.start("b");
		this.fleet.advance(Duration.ofSeconds(10));
		assertThat(this.fleet.sizes()).containsExactly(4, 4);
		b.throwing(new LinkageError("a class is missing"));
		b.cutOff(true);
		this.fleet.advance(Duration.ofSeconds(30));
		assertThat(this.a.validShards()).hasSize(8);
		b.cutOff(false);
		this.fleet.advance(Duration.ofSeconds(60));
		assertThat(this.a.validShards()).as("b lives, and cannot do its part").isNotEmpty();
		assertThat(this.fleet.membersInStore()).hasSize(2);
		b.throwing(null);
		this.fleet.advance(Duration.ofMinutes(1));
		assertThat(this.fleet.sizes()).containsExactly(4, 4);
	}

	@Test
	void releasesALeaseAtTheNextReconciliationIfTheHolderCouldNot() {
		this.a.throwing(new LinkageError("a class is missing"));
		this.fleet.start("b");
		this.fleet.advance(Duration.ofSeconds(10));
		this.a.throwing(null);
		this.fleet.advance(Duration.ofSeconds(40));
		assertThat(this.fleet.sizes()).containsExactly(4, 4);
	}

	@Test
	void keepsCoordinatingWhileARowCannotBeRead() {
		this.fleet.makeUnreadable("shard-3");
		SimulatedFleet.Member alone = this.a;
		this.a.calls().clear();
		this.fleet.advance(Duration.ofMinutes(2));
		assertThat(alone.validShards()).hasSize(8);
		assertThat(this.a.calls().get("load")).isLessThan(15);
		this.fleet.add("new");
		this.fleet.advance(Duration.ofMinutes(2));
		assertThat(alone.validShards()).contains("new", "shard-3");
		alone.kill();
		SimulatedFleet.Member late = this.fleet.start("late");
		this.fleet.advance(Duration.ofSeconds(5));
		assertThat(late.failure()).as("whoever starts is told")
			.isInstanceOfSatisfying(Throwable.class,
					(ex) -> assertThat(ex.getCause()).isInstanceOf(KinesisConfigurationException.class)
						.hasMessageContaining("orders_shard-3"));
		this.fleet.repair();
		this.fleet.advance(Duration.ofSeconds(30));
		assertThat(late.validShards()).hasSize(9);
	}

	@Test
	void whileTheRowOfAParentCannotBeReadItsChildrenWait() {
		this.fleet.close("shard-0");
		this.fleet.add("child", "shard-0");
		this.fleet.makeUnreadable("shard-0");
		this.fleet.advance(Duration.ofMinutes(3));
		assertThat(this.a.validShards()).hasSize(8).doesNotContain("child");
		assertThat(this.fleet.stored("child").parents()).containsExactly("shard-0");
		this.fleet.repair();
		this.a.checkpoint("shard-0", Checkpoint.SHARD_END);
		this.fleet.advance(Duration.ofSeconds(5));
		assertThat(this.a.validShards()).contains("child");
	}

	@Test
	void aResetNamesTheRowsThatItCannotRead() {
		this.fleet.makeUnreadable("shard-3");
		SimulatedFleet.Reset reset = this.fleet.reset("reset", null, Checkpoint.TRIM_HORIZON, true);
		this.fleet.advance(Duration.ofSeconds(70));
		assertThat(reset.done.handle((done, ex) -> ex.getMessage()).join()).contains("orders_shard-3")
			.contains("Nothing has been changed");
	}

}

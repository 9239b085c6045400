package io.kinesisspring.scheduling;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import io.kinesisspring.scheduling.EventLoop.Cancellable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of {@link SimulatedEventLoop}.
 */
class SimulatedEventLoopTests {

	private final SimulatedEventLoop loop = new SimulatedEventLoop(42);

	private final List<String> ran = new ArrayList<>();

	@Test
	void runsTasksInOrderAndOnlyWhenAdvanced() {
		this.loop.execute(() -> this.ran.add("first"));
		this.loop.execute(() -> this.loop.execute(() -> this.ran.add("made by second")));
		this.loop.execute(() -> this.ran.add("third"));
		assertThat(this.ran).isEmpty();
		this.loop.runUntilIdle();
		assertThat(this.ran).containsExactly("first", "third", "made by second");
	}

	@Test
	void runsScheduledTasksAtTheirTime() {
		long start = this.loop.nanoTime();
		List<Duration> moments = new ArrayList<>();
		for (int millis : new int[] { 30, 10, 20 }) {
			this.loop.schedule(Duration.ofMillis(millis),
					() -> moments.add(Duration.ofNanos(this.loop.nanoTime() - start)));
		}
		this.loop.advance(Duration.ofMillis(25));
		assertThat(moments).containsExactly(Duration.ofMillis(10), Duration.ofMillis(20));
		assertThat(this.loop.elapsed()).isEqualTo(Duration.ofMillis(25));
		assertThat(this.loop.pending()).isEqualTo(1);
	}

	@Test
	void doesNotRunCancelledTasks() {
		Cancellable task = this.loop.schedule(Duration.ofMillis(1), () -> this.ran.add("called off"));
		task.cancel();
		this.loop.advance(Duration.ofSeconds(1));
		assertThat(this.ran).isEmpty();
	}

	@Test
	void stopsTheTimeWhenTheConditionHolds() {
		this.loop.schedule(Duration.ofMillis(7), () -> this.ran.add("seven"));
		this.loop.advanceUntil(() -> !this.ran.isEmpty(), Duration.ofSeconds(1));
		assertThat(this.loop.elapsed()).isEqualTo(Duration.ofMillis(7));
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> this.loop.advanceUntil(() -> false, Duration.ofSeconds(1)))
			.withMessageContaining("seed 42");
	}

	@Test
	void failsTheTestWhenATaskThrows() {
		this.loop.execute(() -> {
			throw new IllegalStateException("broken");
		});
		assertThatExceptionOfType(AssertionError.class).isThrownBy(this.loop::runUntilIdle)
			.withMessageContaining("seed 42")
			.withMessageContaining("broken");
	}

	@Test
	void theSeedChoosesBetweenLoopsAndEachKeepsItsOrder() {
		Set<List<String>> orders = new HashSet<>();
		for (int seed = 0; seed < 20; seed++) {
			List<String> order = twoLoops(seed);
			assertThat(twoLoops(seed)).isEqualTo(order);
			assertThat(order).containsSubsequence("a1", "a2").containsSubsequence("b1", "b2");
			orders.add(order);
		}
		assertThat(orders).hasSizeGreaterThan(2);
	}

	@Test
	void dropsOnlyTheTasksOfAClosedLoop() {
		SimulatedEventLoop other = this.loop.another();
		this.loop.schedule(Duration.ofMillis(1), () -> this.ran.add("alive"));
		other.schedule(Duration.ofMillis(1), () -> this.ran.add("dead"));
		other.close();
		other.execute(() -> this.ran.add("dead"));
		this.loop.advance(Duration.ofSeconds(1));
		assertThat(this.ran).containsExactly("alive");
	}

	private static List<String> twoLoops(long seed) {
		List<String> order = new ArrayList<>();
		SimulatedEventLoop a = new SimulatedEventLoop(seed);
		SimulatedEventLoop b = a.another();
		a.execute(() -> order.add("a1"));
		b.execute(() -> order.add("b1"));
		a.execute(() -> order.add("a2"));
		b.execute(() -> order.add("b2"));
		a.runUntilIdle();
		return order;
	}

}

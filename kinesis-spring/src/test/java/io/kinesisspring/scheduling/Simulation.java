package io.kinesisspring.scheduling;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * What the {@link SimulatedEventLoop}s of one simulation share: the time and the chance.
 */
final class Simulation {

	private static final int FOR_EVER = 10_000_000;

	private final long seed;

	private final Random random;

	private final ReentrantLock lock = new ReentrantLock();

	private final List<SimulatedEventLoop> loops = new ArrayList<>();

	private volatile long now;

	private long numbers;

	Simulation(long seed) {
		this.seed = seed;
		this.random = new Random(seed);
	}

	/**
	 * Let a loop take part.
	 * @param loop the loop
	 * @return where its clock starts
	 */
	long join(SimulatedEventLoop loop) {
		return locked(() -> {
			this.loops.add(loop);
			return this.random.nextLong() >> 1;
		});
	}

	boolean leave(SimulatedEventLoop loop) {
		return this.loops.remove(loop);
	}

	long now() {
		return this.now;
	}

	long nextNumber() {
		return this.numbers++;
	}

	Random random() {
		return this.random;
	}

	long seed() {
		return this.seed;
	}

	<T> T locked(Supplier<T> action) {
		this.lock.lock();
		try {
			return action.get();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Run what becomes due until the time is over or a condition holds.
	 * @param duration how much time may pass
	 * @param condition what ends it sooner
	 * @return whether the condition holds
	 */
	boolean run(Duration duration, BooleanSupplier condition) {
		long end = this.now + duration.toNanos();
		int atOneMoment = 0;
		while (!condition.getAsBoolean()) {
			long before = this.now;
			Runnable action = next(end);
			if (action == null) {
				return condition.getAsBoolean();
			}
			atOneMoment = (before == this.now) ? atOneMoment + 1 : 0;
			if (atOneMoment > FOR_EVER) {
				throw new AssertionError("Tasks go on for ever while no time passes (seed " + this.seed + ")");
			}
			run(action);
		}
		return true;
	}

	private void run(Runnable action) {
		try {
			action.run();
		}
		catch (RuntimeException | AssertionError ex) {
			throw new AssertionError("A task failed after " + Duration.ofNanos(this.now) + " of simulated time (seed "
					+ this.seed + "): " + ex, ex);
		}
	}

	private @Nullable Runnable next(long end) {
		this.lock.lock();
		try {
			List<SimulatedEventLoop> due = new ArrayList<>();
			long earliest = end;
			for (SimulatedEventLoop loop : this.loops) {
				long next = loop.nextDue();
				if (next > earliest) {
					continue;
				}
				if (next < earliest) {
					earliest = next;
					due.clear();
				}
				due.add(loop);
			}
			this.now = earliest;
			if (due.isEmpty()) {
				return null;
			}
			int chosen = (due.size() > 1) ? this.random.nextInt(due.size()) : 0;
			return due.get(chosen).takeFirst().action();
		}
		finally {
			this.lock.unlock();
		}
	}

}

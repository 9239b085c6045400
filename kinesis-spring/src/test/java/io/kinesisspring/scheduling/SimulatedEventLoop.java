package io.kinesisspring.scheduling;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * An {@link EventLoop} with simulated time, which passes only when a test says so. The
 * test's thread runs the tasks in {@link #runUntilIdle()}, {@link #advance(Duration)} and
 * {@link #advanceUntil(BooleanSupplier, Duration)}. A task that throws fails the test
 * there. Other threads may add tasks.
 * <p>
 * {@link #another()} creates one more loop in the same simulation, for a second worker or
 * process. Tasks of one loop keep their order. If several loops have a task due, the seed
 * chooses the first one. Each loop's clock starts at a moment of its own, so clocks
 * cannot be compared. {@link #close()} drops the tasks of one loop, as the end of its
 * process would.
 */
public final class SimulatedEventLoop implements EventLoop {

	/** When the simulation begins, by the wall clock. */
	public static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

	private static final Comparator<Task> BY_DUE_TIME = Comparator.comparingLong(Task::due)
		.thenComparingLong(Task::number);

	private final Simulation simulation;

	private final long clockOffset;

	private final PriorityQueue<Task> tasks = new PriorityQueue<>(BY_DUE_TIME);

	private boolean closed;

	private long pausedUntil;

	/**
	 * Start a simulation.
	 * @param seed decides all that is left to chance; failures name it
	 */
	public SimulatedEventLoop(long seed) {
		this(new Simulation(seed));
	}

	private SimulatedEventLoop(Simulation simulation) {
		this.simulation = simulation;
		this.clockOffset = simulation.join(this);
	}

	/**
	 * One more loop in the same simulated time.
	 * @return a loop that is closed on its own
	 */
	public SimulatedEventLoop another() {
		return new SimulatedEventLoop(this.simulation);
	}

	@Override
	public void execute(Runnable task) {
		add(0, task);
	}

	@Override
	public Cancellable schedule(Duration delay, Runnable task) {
		Task scheduled = add(Math.max(0, delay.toNanos()), task);
		return () -> this.simulation.locked(() -> this.tasks.remove(scheduled));
	}

	@Override
	public long nanoTime() {
		return this.clockOffset + this.simulation.now();
	}

	@Override
	public void close() {
		this.simulation.locked(() -> {
			this.closed = true;
			this.tasks.clear();
			return this.simulation.leave(this);
		});
	}

	/**
	 * Run what is due, and what that makes due, without letting time pass.
	 */
	public void runUntilIdle() {
		advance(Duration.ZERO);
	}

	/**
	 * Let time pass, and run each task at its own moment.
	 * @param duration how much time
	 */
	public void advance(Duration duration) {
		this.simulation.run(duration, () -> false);
	}

	/**
	 * Let time pass until something is so; fail if it takes too long.
	 * @param condition what to wait for, looked at before each task
	 * @param limit how much time may pass
	 */
	public void advanceUntil(BooleanSupplier condition, Duration limit) {
		if (!this.simulation.run(limit, condition)) {
			throw new AssertionError("Not within " + limit + " of simulated time (seed " + seed() + ")");
		}
	}

	/**
	 * How much time has passed since the simulation began.
	 * @return the simulated time
	 */
	public Duration elapsed() {
		return Duration.ofNanos(this.simulation.now());
	}

	/**
	 * The wall clock of the simulation.
	 * @return a clock that begins at {@link #START}
	 */
	public Clock clock() {
		InstantSource now = () -> START.plus(elapsed());
		return now.withZone(ZoneOffset.UTC);
	}

	/**
	 * How many tasks of this loop wait, those that are due later included.
	 * @return the number of tasks
	 */
	public int pending() {
		return this.simulation.locked(this.tasks::size);
	}

	/**
	 * The chance that the simulation runs by, for tests that need more of it, too.
	 * @return a generator that was given the seed
	 */
	@Override
	public Random random() {
		return this.simulation.random();
	}

	/**
	 * What to repeat the simulation with.
	 * @return the seed
	 */
	public long seed() {
		return this.simulation.seed();
	}

	private Task add(long delay, Runnable action) {
		return this.simulation.locked(() -> {
			Task task = new Task(this.simulation.now() + delay, this.simulation.nextNumber(), action);
			if (!this.closed) {
				this.tasks.add(task);
			}
			return task;
		});
	}

	/**
	 * Run nothing for a while, as a process does that is stopped or collects garbage: the
	 * clock goes on, and what was due is run late.
	 * @param duration for how long
	 */
	public void pause(Duration duration) {
		this.simulation.locked(() -> this.pausedUntil = this.simulation.now() + duration.toNanos());
	}

	/**
	 * When the next task is due.
	 * @return simulated nanoseconds, the largest number if there is none
	 */
	long nextDue() {
		Task first = this.tasks.peek();
		return (first != null) ? Math.max(first.due(), this.pausedUntil) : Long.MAX_VALUE;
	}

	Task takeFirst() {
		return this.tasks.remove();
	}

	/**
	 * What to run and when.
	 *
	 * @param due simulated nanoseconds
	 * @param number tells apart what is due at one moment
	 * @param action what to run
	 */
	record Task(long due, long number, Runnable action) {
	}

}

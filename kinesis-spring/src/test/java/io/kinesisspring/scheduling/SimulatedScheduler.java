package io.kinesisspring.scheduling;

import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;

import org.awaitility.Awaitility;

/**
 * A {@link Scheduler} in the time of a {@link SimulatedEventLoop}.
 */
public final class SimulatedScheduler implements Scheduler {

	private final Map<String, SimulatedEventLoop> latest = new ConcurrentHashMap<>();

	private final List<SimulatedEventLoop> all = new CopyOnWriteArrayList<>();

	private final SimulatedEventLoop time;

	/**
	 * Create a scheduler.
	 * @param time the loop whose simulation all loops belong to
	 */
	public SimulatedScheduler(SimulatedEventLoop time) {
		this.time = time;
	}

	@Override
	public EventLoop newLoop(String threadName) {
		SimulatedEventLoop loop = this.time.another();
		this.latest.put(threadName, loop);
		this.all.add(loop);
		return loop;
	}

	@Override
	public Clock clock() {
		return this.time.clock();
	}

	@Override
	public RandomGenerator random() {
		return this.time.random();
	}

	/**
	 * The loop that was created last under a name.
	 * @param threadName the prefix of the name of its thread
	 * @return the loop
	 */
	public SimulatedEventLoop loop(String threadName) {
		return this.latest.get(threadName);
	}

	/**
	 * Wait until all that other threads do is done or has scheduled something.
	 * @param running what other threads do, each on a loop of its own
	 */
	public void awaitScheduled(CompletableFuture<?>... running) {
		Awaitility.await().until(() -> pendingLoops() >= Arrays.stream(running).filter((one) -> !one.isDone()).count());
	}

	private long pendingLoops() {
		return this.all.stream().filter((loop) -> loop.pending() > 0).count();
	}

}

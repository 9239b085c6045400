package io.kinesisspring.boot.console;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.listener.ListenerStatus;
import io.kinesisspring.producer.KinesisTemplate;
import io.kinesisspring.producer.ProducerStatus;

/**
 * Takes a snapshot of this instance every few seconds while the application runs, and
 * whenever one is asked for. Asks nobody but the instance. Thread-safe.
 */
final class ConsoleMonitor implements SmartLifecycle, Executor {

	/** Time between two samples of the history. */
	static final Duration STEP = Duration.ofSeconds(5);

	private static final int SAMPLES = (int) (Duration.ofMinutes(15).toMillis() / STEP.toMillis());

	/** A rate is counted over at least this time. */
	private static final long WINDOW = Duration.ofMillis(1900).toNanos();

	private static final Duration TIMEOUT = Duration.ofMillis(500);

	private final ReentrantLock lock = new ReentrantLock();

	private final Deque<Snapshot> recent = new ArrayDeque<>();

	private final History history = new History(SAMPLES, STEP.toMillis());

	private final KinesisListenerContainerRegistry registry;

	private final ObjectProvider<KinesisTemplate> templates;

	private final @Nullable DynamoDbUnits units;

	private @Nullable Snapshot lastSample;

	private volatile @Nullable ProducerStatus lastProducer;

	private volatile @Nullable ThreadPoolTaskScheduler scheduler;

	ConsoleMonitor(KinesisListenerContainerRegistry registry, ObjectProvider<KinesisTemplate> templates,
			@Nullable DynamoDbUnits units) {
		this.registry = registry;
		this.templates = templates;
		this.units = units;
	}

	History history() {
		return this.history;
	}

	/**
	 * Take a snapshot, and return what has changed since the one before.
	 */
	Change take() {
		ProducerStatus producer = producer();
		this.lock.lock();
		try {
			Map<String, ListenerStatus> listeners = new TreeMap<>();
			this.registry.getAllContainers()
				.forEach((container) -> listeners.put(container.getId(), container.getStatus()));
			Snapshot now = new Snapshot(System.nanoTime(), System.currentTimeMillis(), listeners, producer,
					(this.units != null) ? this.units.units() : null);
			this.recent.addLast(now);
			while (this.recent.size() > 2 && now.nanos() - second().nanos() >= WINDOW) {
				this.recent.removeFirst();
			}
			return new Change(this.recent.getFirst(), now);
		}
		finally {
			this.lock.unlock();
		}
	}

	private Snapshot second() {
		Iterator<Snapshot> snapshots = this.recent.iterator();
		snapshots.next();
		return snapshots.next();
	}

	/**
	 * The templates answer at the end of what they do at the moment. One that is stuck
	 * delays nothing here.
	 */
	private @Nullable ProducerStatus producer() {
		List<CompletableFuture<ProducerStatus>> asked = new ArrayList<>();
		this.templates.orderedStream().forEach((template) -> asked.add(template.status()));
		try {
			CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
				.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
			this.lastProducer = Sent.sum(asked.stream().map(CompletableFuture::join).toList());
		}
		catch (ExecutionException | TimeoutException ex) {
			return this.lastProducer;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return this.lastProducer;
	}

	private void sample() {
		Snapshot now = take().now();
		Snapshot before = this.lastSample;
		if (before != null) {
			this.history.add(before, now);
		}
		this.lastSample = now;
	}

	/**
	 * Run a task that may take long, such as a scan. One of them leaves enough threads
	 * for the others.
	 */
	@Override
	public void execute(Runnable task) {
		ThreadPoolTaskScheduler running = this.scheduler;
		if (running == null) {
			throw new RejectedExecutionException("The console does not run");
		}
		running.execute(task);
	}

	/**
	 * Return how many tasks are repeated.
	 */
	int tasks() {
		ThreadPoolTaskScheduler running = this.scheduler;
		return (running != null) ? running.getScheduledThreadPoolExecutor().getQueue().size() + running.getActiveCount()
				: 0;
	}

	/**
	 * Run a task again and again while the application runs.
	 */
	Repetition repeat(Duration period, Runnable task) {
		ThreadPoolTaskScheduler running = this.scheduler;
		if (running == null) {
			return () -> {
			};
		}
		ScheduledFuture<?> scheduled = running.scheduleWithFixedDelay(task, period);
		return () -> scheduled.cancel(false);
	}

	@Override
	public void start() {
		ThreadPoolTaskScheduler created = new ThreadPoolTaskScheduler();
		created.setPoolSize(3);
		created.setThreadNamePrefix("kinesis-console-");
		created.setDaemon(true);
		created.setRemoveOnCancelPolicy(true);
		created.initialize();
		this.scheduler = created;
		created.scheduleAtFixedRate(this::sample, STEP);
	}

	@Override
	public void stop() {
		ThreadPoolTaskScheduler running = this.scheduler;
		this.scheduler = null;
		if (running != null) {
			running.shutdown();
		}
	}

	/**
	 * Starts before anything that opens pages, and stops after it.
	 */
	@Override
	public int getPhase() {
		return Integer.MIN_VALUE;
	}

	@Override
	public boolean isRunning() {
		return this.scheduler != null;
	}

	/**
	 * A task that is repeated.
	 */
	@FunctionalInterface
	interface Repetition {

		void end();

	}

	/**
	 * Two snapshots.
	 *
	 * @param before the earlier one; the same if there is only one
	 * @param now the later one
	 */
	record Change(Snapshot before, Snapshot now) {

	}

}

package io.kinesisspring.boot.fleet;

import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.kinesisspring.producer.KinesisOperations;

/**
 * Sends numbered records of many keys, evenly over time, until it is stopped.
 */
final class PacedProducer implements AutoCloseable {

	private static final int KEYS = 200;

	private static final long TICK = 20;

	private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor();

	private final int[] numbers = new int[KEYS];

	private final Queue<Sent> sent = new ConcurrentLinkedQueue<>();

	private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

	private final KinesisOperations template;

	private final String stream;

	private final int perSecond;

	private final Random random;

	private final long began = System.nanoTime();

	private volatile int accepted;

	PacedProducer(KinesisOperations template, String stream, int perSecond, Random random) {
		this.template = template;
		this.stream = stream;
		this.perSecond = perSecond;
		this.random = random;
		this.ticker.scheduleAtFixedRate(this::tick, 0, TICK, TimeUnit.MILLISECONDS);
	}

	private void tick() {
		try {
			long due = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - this.began) * this.perSecond / 1000;
			while (this.accepted < due && !this.ticker.isShutdown()) {
				send();
			}
		}
		catch (RuntimeException ex) {
			this.failures.add(ex);
		}
	}

	private void send() {
		int index = this.random.nextInt(KEYS);
		int number = this.numbers[index]++;
		String key = "key-" + index;
		this.accepted++;
		this.template.send(this.stream, key, Integer.toString(number)).whenComplete((result, ex) -> {
			if (ex != null) {
				this.failures.add(ex);
			}
			else {
				this.sent.add(new Sent(key, number, result.shardId(), result.sequenceNumber()));
			}
		});
	}

	int accepted() {
		return this.accepted;
	}

	/**
	 * Send no more.
	 * @return all that was stored
	 */
	Collection<Sent> stop() throws InterruptedException {
		this.ticker.shutdown();
		if (!this.ticker.awaitTermination(1, TimeUnit.MINUTES)) {
			throw new IllegalStateException("A send does not return");
		}
		this.template.flush().join();
		return this.sent;
	}

	List<Throwable> failures() {
		return List.copyOf(this.failures);
	}

	@Override
	public void close() {
		this.ticker.shutdownNow();
	}

}

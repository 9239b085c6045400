package io.kinesisspring.benchmarks.driver;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Receives what somebody sends at a steady pace, and measures how old each record is when
 * it comes, once it has got used to it.
 */
final class FollowRun implements Receiver {

	private static final int RATE = 1000;

	private static final Duration FIRST_AFTER = Duration.ofMinutes(3);

	private final Task task;

	private final Latencies latencies;

	private volatile @Nullable Reading first;

	private volatile double firstSeconds;

	private volatile boolean measuring;

	FollowRun(Task task) {
		this.task = task;
		this.latencies = new Latencies(task.number("seconds") * RATE);
	}

	void run(Consuming.Factory factory) {
		Consuming consuming = factory.start(this.task, this);
		if (!Waiting.until(() -> this.first != null, FIRST_AFTER)) {
			throw new IllegalStateException("No record has come");
		}
		Figures.write("start-to-first-seconds", this.firstSeconds);
		Waiting.until(() -> false, Duration.ofSeconds(this.task.number("warm-up-seconds")));
		Reading from = Reading.now();
		this.measuring = true;
		Waiting.until(this.latencies::isFull, Duration.ofSeconds(2L * this.task.number("seconds")));
		Figures.write(from, Reading.now(), (long) this.task.number("seconds") * RATE);
		this.latencies.write("delivery");
		consuming.close();
		Figures.writeWhole();
	}

	@Override
	public synchronized void received(long index, long dueMicros) {
		if (this.first == null) {
			this.firstSeconds = Figures.secondsSinceStart();
			this.first = Reading.now();
		}
		if (this.measuring) {
			this.latencies.add(Payload.micros() - dueMicros);
		}
	}

}

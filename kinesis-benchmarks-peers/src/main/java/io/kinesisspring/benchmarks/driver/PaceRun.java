package io.kinesisspring.benchmarks.driver;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sends a number of records a second and measures how long each takes, from the moment
 * when it was due to its outcome.
 */
final class PaceRun implements Producing.Stored {

	private static final Duration MOST = Duration.ofMinutes(1);

	private final Task task;

	private final Keys keys;

	private final long pauseNanos;

	private final long[] due;

	private final int warmUp;

	private final Latencies latencies;

	private final AtomicLong done = new AtomicLong();

	private final AtomicLong failed = new AtomicLong();

	PaceRun(Task task) {
		this.task = task;
		this.keys = new Keys(task.number("keys"));
		int rate = task.number("rate");
		this.pauseNanos = Duration.ofSeconds(1).toNanos() / rate;
		int measured = task.number("seconds") * rate;
		this.warmUp = task.number("warm-up-seconds") * rate;
		this.due = new long[this.warmUp + measured];
		this.latencies = new Latencies(measured);
	}

	void run(Producing.Factory factory) {
		int bytes = this.task.number("bytes");
		Producing producing = factory.start(this.task, this);
		Reading from = Reading.now();
		long start = System.nanoTime();
		for (int i = 0; i < this.due.length; i++) {
			if (i == this.warmUp) {
				from = Reading.now();
			}
			this.due[i] = start + i * this.pauseNanos;
			Waiting.untilNanos(this.due[i]);
			producing.send(i, this.keys.of(i), Payload.of(i, bytes, 0));
			producing.flush();
		}
		Waiting.until(() -> this.done.get() >= this.due.length, MOST);
		Figures.write(from, Reading.now(), this.due.length - this.warmUp);
		Figures.write("failed", this.failed.get() + this.due.length - this.done.get());
		this.latencies.write("ack");
		Figures.writeWhole();
		producing.close();
	}

	@Override
	public void stored(long index) {
		if (index >= this.warmUp) {
			this.latencies.add((System.nanoTime() - this.due[(int) index]) / 1000);
		}
		this.done.incrementAndGet();
	}

	@Override
	public void failed(long index, Throwable ex) {
		this.done.incrementAndGet();
		if (this.failed.getAndIncrement() == 0) {
			ex.printStackTrace();
		}
	}

}

package io.kinesisspring.benchmarks.driver;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

import org.jspecify.annotations.Nullable;

/**
 * Reads a stream that is full: the first records warm up, but for no more than half of
 * the time, and the others are measured.
 */
final class ReadRun implements Receiver {

	/** How long records may still come again after all have come. */
	private static final Duration SETTLING = Duration.ofSeconds(1);

	private final Task task;

	private final AtomicIntegerArray seen;

	private final AtomicInteger different = new AtomicInteger();

	private final AtomicInteger again = new AtomicInteger();

	private final int warmUp;

	private volatile int cold;

	private volatile @Nullable Reading first;

	private volatile @Nullable Reading warm;

	private volatile @Nullable Reading last;

	private volatile double firstSeconds;

	ReadRun(Task task) {
		this.task = task;
		this.warmUp = task.number("warm-up");
		this.seen = new AtomicIntegerArray(this.warmUp + task.number("records"));
	}

	void run(Consuming.Factory factory) {
		Consuming consuming = factory.start(this.task, this);
		boolean first = Waiting.until(() -> this.first != null, Duration.ofMinutes(3));
		Duration half = Duration.ofSeconds(this.task.number("seconds")).dividedBy(2);
		if (first && !Waiting.until(() -> this.warm != null, half)) {
			warm(this.different.get());
		}
		boolean all = first && Waiting.until(() -> this.last != null, half);
		Reading to = this.last;
		to = (to != null) ? to : Reading.now();
		int different = this.different.get();
		Waiting.until(() -> false, SETTLING);
		write(to, different);
		Figures.write("duplicates", this.again.get());
		if (all) {
			Figures.write("missing", this.seen.length() - this.different.get());
		}
		long stopping = System.nanoTime();
		consuming.close();
		Figures.write("stop-seconds", (System.nanoTime() - stopping) / 1e9);
		Figures.writeWhole();
	}

	private void write(Reading to, int different) {
		Reading first = this.first;
		Reading warm = this.warm;
		if (first == null) {
			return;
		}
		Figures.write("start-to-first-seconds", this.firstSeconds);
		Figures.write("start-cpu-seconds", first.cpuNanos() / 1e9);
		Figures.write((warm != null) ? warm : first, to, different - this.cold);
	}

	/**
	 * What comes from now on counts.
	 */
	private synchronized void warm(int count) {
		if (this.warm == null) {
			this.cold = count;
			this.warm = Reading.now();
		}
	}

	@Override
	public void received(long index, long dueMicros) {
		if (this.seen.getAndIncrement((int) index) > 0) {
			this.again.incrementAndGet();
			return;
		}
		int count = this.different.incrementAndGet();
		if (count == 1) {
			this.firstSeconds = Figures.secondsSinceStart();
			this.first = Reading.now();
		}
		if (count == this.warmUp) {
			warm(count);
		}
		if (count == this.seen.length()) {
			this.last = Reading.now();
		}
	}

}

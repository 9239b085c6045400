package io.kinesisspring.benchmarks.driver;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sends as many records as fast as it goes: some to warm up, the others measured.
 */
final class SendRun implements Producing.Stored {

	private static final Duration MOST = Duration.ofMinutes(3);

	/** After how many records to look at the clock. */
	private static final int LOOK = 500;

	/** Of how many records the time of one is taken. */
	private static final int TIMED = 8;

	private final Task task;

	private final int warmUp;

	private final Keys keys;

	private final AtomicLong stored = new AtomicLong();

	private final AtomicLong failed = new AtomicLong();

	/** When each of the records was sent whose time is taken, by its index. */
	private final long[] started;

	private final Latencies latencies;

	private long sent;

	SendRun(Task task) {
		this.task = task;
		this.warmUp = task.number("warm-up");
		this.keys = new Keys(task.number("keys"));
		this.started = new long[(task.number("warm-up") + task.number("records")) / TIMED + 1];
		this.latencies = new Latencies(this.started.length);
	}

	void run(Producing.Factory factory) {
		Producing producing = factory.start(this.task, this);
		Reading ready = Reading.now();
		Figures.write("start-seconds", Figures.secondsSinceStart());
		Figures.write("start-cpu-seconds", ready.cpuNanos() / 1e9);
		send(producing, this.task.number("warm-up"));
		Reading warm = Reading.now();
		long before = this.stored.get();
		send(producing, this.task.number("records"));
		Reading end = Reading.now();
		Figures.write(warm, end, this.stored.get() - before);
		Figures.write("failed", this.failed.get());
		this.latencies.write("ack");
		Figures.writeWhole();
		producing.close();
	}

	private void send(Producing producing, int records) {
		int bytes = this.task.number("bytes");
		long last = this.sent + records;
		long end = System.nanoTime() + Duration.ofSeconds(this.task.number("seconds")).toNanos();
		while (this.sent < last && (this.sent % LOOK != 0 || System.nanoTime() - end < 0)) {
			if (this.sent % TIMED == 0) {
				this.started[(int) (this.sent / TIMED)] = System.nanoTime();
			}
			producing.send(this.sent, this.keys.of(this.sent), Payload.of(this.sent, bytes, 0));
			this.sent++;
		}
		producing.flush();
		if (!Waiting.until(() -> this.stored.get() + this.failed.get() >= this.sent, MOST)) {
			throw new IllegalStateException("Of " + this.sent + " records " + this.stored + " were stored in time");
		}
	}

	@Override
	public void stored(long index) {
		if (index % TIMED == 0 && index >= this.warmUp) {
			this.latencies.add((System.nanoTime() - this.started[(int) (index / TIMED)]) / 1000);
		}
		this.stored.incrementAndGet();
	}

	@Override
	public void failed(long index, Throwable ex) {
		if (this.failed.getAndIncrement() == 0) {
			ex.printStackTrace();
		}
	}

}

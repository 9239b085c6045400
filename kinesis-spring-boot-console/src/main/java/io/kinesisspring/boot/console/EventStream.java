package io.kinesisspring.boot.console;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * Writes server-sent events to one page: the whole state first, then what has changed. If
 * the page does not read for a while, it misses states and gets the newest one whole.
 */
final class EventStream implements ConsoleFeed.Page, Runnable {

	/**
	 * After this time, the browser connects again by itself, so that a page whose user
	 * may no longer see it ends.
	 */
	static final Duration LIFETIME = Duration.ofMinutes(5);

	private final AtomicInteger wakes = new AtomicInteger();

	private final long opened = System.nanoTime();

	private final ConsoleFeed feed;

	private final OutputStream output;

	private final boolean writable;

	private final Runnable onEnd;

	private volatile @Nullable Executor executor;

	private volatile boolean ending;

	/** The rest belongs to the thread that writes. */
	private boolean ended;

	private long frame;

	private long samples;

	/**
	 * Create a stream.
	 * @param writable whether the reader may change something
	 * @param onEnd is run once, after the last write
	 */
	EventStream(ConsoleFeed feed, OutputStream output, boolean writable, Runnable onEnd) {
		this.feed = feed;
		this.output = output;
		this.writable = writable;
		this.onEnd = onEnd;
		this.samples = feed.history().count();
	}

	/**
	 * Begin to write.
	 */
	void begin(Executor writers) {
		this.executor = writers;
		wake();
	}

	@Override
	public void wake() {
		Executor writers = this.executor;
		if (writers != null && this.wakes.getAndIncrement() == 0) {
			try {
				writers.execute(this);
			}
			catch (RejectedExecutionException ex) {
				this.wakes.set(0);
				endWithoutThread();
			}
		}
	}

	/**
	 * When the application stops, no thread is left that could end the page.
	 */
	private void endWithoutThread() {
		if (this.ending && this.wakes.getAndIncrement() == 0) {
			run();
		}
	}

	@Override
	public void end() {
		this.ending = true;
		wake();
	}

	@Override
	public void run() {
		int seen;
		do {
			seen = this.wakes.get();
			if (!this.ended) {
				writeOrEnd();
			}
		}
		while (this.wakes.addAndGet(-seen) > 0);
	}

	private void writeOrEnd() {
		boolean failed = false;
		if (!this.ending) {
			try {
				write();
			}
			catch (IOException | RuntimeException ex) {
				failed = true;
			}
		}
		if (failed || this.ending || System.nanoTime() - this.opened > LIFETIME.toNanos()) {
			this.ended = true;
			this.feed.close(this);
			this.onEnd.run();
		}
	}

	private void write() throws IOException {
		StringBuilder text = new StringBuilder();
		Frame newest = this.feed.frame();
		if (this.frame == 0) {
			text.append("retry: 1000\n\n");
		}
		if (newest.number() != this.frame) {
			String changes = (newest.number() == this.frame + 1) ? newest.changes(this.writable) : null;
			event(text, "state", (changes != null) ? changes : newest.whole(this.writable));
			this.frame = newest.number();
		}
		long known = this.feed.history().count();
		if (known != this.samples) {
			event(text, "sample", this.feed.newestSample());
			this.samples = known;
		}
		if (text.isEmpty()) {
			text.append(":\n\n");
		}
		this.output.write(text.toString().getBytes(StandardCharsets.UTF_8));
		this.output.flush();
	}

	private static void event(StringBuilder text, String name, String data) {
		text.append("event: ").append(name).append("\ndata: ").append(data).append("\n\n");
	}

}

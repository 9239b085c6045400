package io.kinesisspring.boot.console;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * Computes the state once a second for all pages that are open, and does nothing while
 * none is. Each page has at most one thread that writes to it, so that a page that is not
 * read delays no other. Stops before the web server waits for requests to end.
 * Thread-safe.
 */
final class ConsoleFeed implements SmartLifecycle {

	static final int MOST_PAGES = 64;

	private static final Log logger = LogFactory.getLog(ConsoleFeed.class);

	private static final Duration PERIOD = Duration.ofSeconds(1);

	private final Set<Page> pages = ConcurrentHashMap.newKeySet();

	private final ReentrantLock lock = new ReentrantLock();

	private final ConsoleState state;

	private final ConsoleLeases leases;

	private final ConsoleMonitor monitor;

	private ConsoleMonitor.@Nullable Repetition ticks;

	private ConsoleMonitor.@Nullable Repetition scans;

	private volatile @Nullable Frame newest;

	private volatile @Nullable ThreadPoolTaskExecutor writers;

	ConsoleFeed(ConsoleState state, ConsoleLeases leases, ConsoleMonitor monitor) {
		this.state = state;
		this.leases = leases;
		this.monitor = monitor;
	}

	/**
	 * Open a page.
	 * @return what writes to it; {@code null} if there are too many pages, or the
	 * application stops
	 */
	@Nullable Executor open(Page page) {
		this.lock.lock();
		try {
			Executor executor = this.writers;
			if (executor == null || this.pages.size() >= MOST_PAGES) {
				return null;
			}
			this.pages.add(page);
			if (this.ticks == null) {
				this.newest = null;
				this.ticks = this.monitor.repeat(PERIOD, this::tick);
				this.scans = this.monitor.repeat(PERIOD, () -> this.leases.refresh());
			}
			return executor;
		}
		finally {
			this.lock.unlock();
		}
	}

	void close(Page page) {
		this.lock.lock();
		try {
			this.pages.remove(page);
			if (this.pages.isEmpty()) {
				end(this.ticks);
				end(this.scans);
				this.ticks = null;
				this.scans = null;
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private static void end(ConsoleMonitor.@Nullable Repetition repetition) {
		if (repetition != null) {
			repetition.end();
		}
	}

	/**
	 * The frame of this second. Waits for the lease table if nobody has asked lately.
	 */
	Frame frame() {
		Frame known = this.newest;
		return (known != null) ? known : this.state.current();
	}

	History history() {
		return this.monitor.history();
	}

	String newestSample() {
		return this.state.newestSample();
	}

	private void tick() {
		try {
			this.newest = this.state.next();
		}
		catch (RuntimeException ex) {
			logger.warn("The state of the console cannot be computed", ex);
		}
		this.pages.forEach(Page::wake);
	}

	@Override
	public void start() {
		ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
		executor.setThreadNamePrefix("kinesis-console-page-");
		executor.setCorePoolSize(0);
		executor.setMaxPoolSize(MOST_PAGES);
		executor.setQueueCapacity(0);
		executor.setDaemon(true);
		executor.initialize();
		this.writers = executor;
	}

	@Override
	public void stop() {
		ThreadPoolTaskExecutor executor = openNoMore();
		this.pages.forEach(Page::end);
		if (executor != null) {
			executor.setWaitForTasksToCompleteOnShutdown(true);
			executor.setAwaitTerminationSeconds(2);
			executor.shutdown();
		}
	}

	private @Nullable ThreadPoolTaskExecutor openNoMore() {
		this.lock.lock();
		try {
			ThreadPoolTaskExecutor executor = this.writers;
			this.writers = null;
			return executor;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public boolean isRunning() {
		return this.writers != null;
	}

	/**
	 * A page that is open. Its methods return at once.
	 */
	interface Page {

		/** There may be something new to write. */
		void wake();

		/** The page should end. */
		void end();

	}

}

package io.kinesisspring.listener;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

import org.springframework.context.SmartLifecycle;

/**
 * Starts the containers of a phase together, when the context starts for the first time:
 * a start waits for several calls, one after the other, and those of different containers
 * need not. It is registered before the containers of its phase, so that the context
 * starts it first. A start that fails is left to the container, which then fails the
 * context's start as if it had been alone.
 * <p>
 * Later starts of the context leave the containers alone: the context knows which of them
 * it has stopped, and others know which were stopped by hand. Thread-safe.
 */
final class ConcurrentStart implements SmartLifecycle {

	/** The prefix of the bean names, before the phase. */
	static final String BEAN_NAME_PREFIX = "kinesisListenerStart.";

	private final int phase;

	private final Supplier<Collection<KinesisListenerContainer>> containers;

	private volatile boolean used;

	private volatile boolean running;

	ConcurrentStart(int phase, Supplier<Collection<KinesisListenerContainer>> containers) {
		this.phase = phase;
		this.containers = containers;
	}

	@Override
	public void start() {
		if (!this.used) {
			this.used = true;
			startContainers();
		}
		this.running = true;
	}

	private void startContainers() {
		Map<DefaultKinesisListenerContainer, Runnable> begun = new LinkedHashMap<>();
		for (KinesisListenerContainer candidate : this.containers.get()) {
			if (candidate instanceof DefaultKinesisListenerContainer container && container.isAutoStartup()
					&& container.getPhase() == this.phase) {
				run(container, () -> begun.put(container, container.begin()));
			}
		}
		begun.forEach(ConcurrentStart::run);
	}

	private static void run(DefaultKinesisListenerContainer container, Runnable step) {
		try {
			step.run();
		}
		catch (RuntimeException ex) {
			container.failNextStart(ex);
		}
	}

	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return this.phase;
	}

}

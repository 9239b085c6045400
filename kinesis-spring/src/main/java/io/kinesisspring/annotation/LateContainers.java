package io.kinesisspring.annotation;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.kinesisspring.listener.KinesisListenerContainer;

/**
 * Starts the containers of beans that are created after the others: when the context has
 * been refreshed, or at once if it has been already. Thread-safe.
 */
final class LateContainers {

	private final Queue<KinesisListenerContainer> waiting = new ConcurrentLinkedQueue<>();

	private volatile boolean refreshed;

	/**
	 * Add a container.
	 * @throws RuntimeException if it does not start
	 */
	void add(KinesisListenerContainer container) {
		this.waiting.add(container);
		if (this.refreshed) {
			start();
		}
	}

	/**
	 * The context has been refreshed, and has started what it knew.
	 */
	void contextRefreshed() {
		this.refreshed = true;
		start();
	}

	/**
	 * The context is closing and starts nothing any more.
	 */
	void contextClosed() {
		this.refreshed = false;
	}

	private void start() {
		for (KinesisListenerContainer next = this.waiting.poll(); next != null; next = this.waiting.poll()) {
			if (next.isAutoStartup() && !next.isRunning()) {
				next.start();
			}
		}
	}

}

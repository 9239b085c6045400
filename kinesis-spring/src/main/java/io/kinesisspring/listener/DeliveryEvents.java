package io.kinesisspring.listener;

import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Tells an observer what becomes of one delivery. What the observer throws changes
 * nothing about the delivery. Used by one thread at a time.
 */
final class DeliveryEvents {

	private static final Log logger = LogFactory.getLog(DeliveryEvents.class);

	private final ListenerObserver observer;

	private final ShardProgressMonitor shardMonitor;

	private ListenerObserver.ListenerCall listenerCall = ListenerObserver.ListenerCall.NONE;

	private int delivered;

	DeliveryEvents(ListenerObserver observer, ShardProgressMonitor shardMonitor) {
		this.observer = observer;
		this.shardMonitor = shardMonitor;
	}

	void publish(Consumer<ListenerObserver> event) {
		try {
			event.accept(this.observer);
		}
		catch (Throwable ex) {
			if (this.shardMonitor.failureLog().permits()) {
				logger.error(
						"An observer failed at a delivery of " + this.shardMonitor.shard() + "; the delivery continues",
						ex);
			}
		}
	}

	void inFlight(int records) {
		publish((events) -> events.onDeliveryQueued(this.shardMonitor.shard(), records));
	}

	void outOfHand(int records) {
		publish((events) -> events.onDeliveryDone(this.shardMonitor.shard(), records));
	}

	/**
	 * The listener gets records from now on.
	 */
	void started() {
		this.listenerCall = ListenerObserver.ListenerCall.NONE;
		publish((events) -> this.listenerCall = events.onListenerCalled(this.shardMonitor.shard()));
	}

	/**
	 * The listener has returned from records.
	 */
	void delivered(int records) {
		this.delivered += records;
	}

	/**
	 * The listener gets nothing more for the moment.
	 * @param ex what it threw at last, {@code null} if nothing
	 */
	void ended(@Nullable Throwable ex) {
		int records = this.delivered;
		this.delivered = 0;
		if (records > 0 || ex != null) {
			publish((events) -> this.listenerCall.ended(records, ex));
		}
	}

}

package io.kinesisspring.listener;

import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Notifies an observer about one delivery. Exceptions of the observer do not affect the
 * delivery. Used by one thread at a time.
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
	 * The listener is about to get records.
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
	 * The listener gets no more records for the moment.
	 * @param ex its last exception, {@code null} if there is none
	 */
	void ended(@Nullable Throwable ex) {
		int records = this.delivered;
		this.delivered = 0;
		if (records > 0) {
			this.shardMonitor.processed(records);
		}
		if (records > 0 || ex != null) {
			publish((events) -> this.listenerCall.ended(records, ex));
		}
	}

}

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

	private final ShardProgressMonitor watch;

	private ListenerObserver.Stretch stretch = ListenerObserver.Stretch.NONE;

	private int delivered;

	DeliveryEvents(ListenerObserver observer, ShardProgressMonitor watch) {
		this.observer = observer;
		this.watch = watch;
	}

	void tell(Consumer<ListenerObserver> what) {
		try {
			what.accept(this.observer);
		}
		catch (Throwable ex) {
			if (this.watch.failureLog().admits()) {
				logger.error("An observer failed at a delivery of " + this.watch.shard() + "; the delivery goes on",
						ex);
			}
		}
	}

	void inHand(int records) {
		tell((told) -> told.inHand(this.watch.shard(), records));
	}

	void outOfHand(int records) {
		tell((told) -> told.outOfHand(this.watch.shard(), records));
	}

	/**
	 * The listener gets records from now on.
	 */
	void begun() {
		this.stretch = ListenerObserver.Stretch.NONE;
		tell((told) -> this.stretch = told.delivering(this.watch.shard()));
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
			tell((told) -> this.stretch.ended(records, ex));
		}
	}

}

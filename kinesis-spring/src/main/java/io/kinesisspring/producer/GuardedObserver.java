package io.kinesisspring.producer;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.producer.SendFailedException.Reason;

/**
 * Keeps what an observer throws away from those who tell it. Thread-safe.
 */
final class GuardedObserver implements SendObserver {

	private static final Log logger = LogFactory.getLog(GuardedObserver.class);

	private final Set<String> failing = ConcurrentHashMap.newKeySet();

	private final SendObserver observer;

	GuardedObserver(SendObserver observer) {
		this.observer = observer;
	}

	@Override
	public void opened(SendState state) {
		tell("opened", (observer) -> observer.opened(state));
	}

	@Override
	public void closed(SendState state) {
		tell("closed", (observer) -> observer.closed(state));
	}

	@Override
	public void requested(String stream, int entries, long bytes) {
		tell("requested", (observer) -> observer.requested(stream, entries, bytes));
	}

	@Override
	public void answered(String stream, Duration took, int refused, @Nullable Reason failure) {
		tell("answered", (observer) -> observer.answered(stream, took, refused, failure));
	}

	@Override
	public void stored(String stream, int records, long bytes, Duration oldest) {
		tell("stored", (observer) -> observer.stored(stream, records, bytes, oldest));
	}

	@Override
	public void retried(String stream, Reason reason, int records) {
		tell("retried", (observer) -> observer.retried(stream, reason, records));
	}

	@Override
	public void failed(@Nullable String stream, KinesisException exception) {
		tell("failed", (observer) -> observer.failed(stream, exception));
	}

	@Override
	public void paced(String stream, int shards) {
		tell("paced", (observer) -> observer.paced(stream, shards));
	}

	private void tell(String what, Consumer<SendObserver> message) {
		try {
			message.accept(this.observer);
			if (!this.failing.isEmpty()) {
				this.failing.remove(what);
			}
		}
		catch (Throwable ex) {
			if (this.failing.add(what)) {
				logger.error("The observer " + this.observer.getClass().getName() + " failed when told '" + what
						+ "', and what it counts may be wrong; records are sent as before", ex);
			}
		}
	}

}

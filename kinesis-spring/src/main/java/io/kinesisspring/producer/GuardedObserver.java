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
 * Catches the exceptions of an observer, and logs the first one. Thread-safe.
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
		callGuarded("opened", (observer) -> observer.opened(state));
	}

	@Override
	public void closed(SendState state) {
		callGuarded("closed", (observer) -> observer.closed(state));
	}

	@Override
	public void requested(String stream, int entries, long bytes) {
		callGuarded("requested", (observer) -> observer.requested(stream, entries, bytes));
	}

	@Override
	public void answered(String stream, Duration duration, int rejected, @Nullable Reason failure) {
		callGuarded("answered", (observer) -> observer.answered(stream, duration, rejected, failure));
	}

	@Override
	public void stored(String stream, int records, int entries, long bytes, Duration oldest) {
		callGuarded("stored", (observer) -> observer.stored(stream, records, entries, bytes, oldest));
	}

	@Override
	public void retried(String stream, Reason reason, int records) {
		callGuarded("retried", (observer) -> observer.retried(stream, reason, records));
	}

	@Override
	public void misplaced(String stream, int records) {
		callGuarded("misplaced", (observer) -> observer.misplaced(stream, records));
	}

	@Override
	public void failed(@Nullable String stream, KinesisException exception) {
		callGuarded("failed", (observer) -> observer.failed(stream, exception));
	}

	@Override
	public void shardsLimited(String stream, int shards) {
		callGuarded("shardsLimited", (observer) -> observer.shardsLimited(stream, shards));
	}

	private void callGuarded(String method, Consumer<SendObserver> call) {
		try {
			call.accept(this.observer);
			if (!this.failing.isEmpty()) {
				this.failing.remove(method);
			}
		}
		catch (Throwable ex) {
			if (this.failing.add(method)) {
				logger.error("The observer " + this.observer.getClass().getName() + " failed in '" + method
						+ "'. Its counts may be wrong. Sending is not affected", ex);
			}
		}
	}

}

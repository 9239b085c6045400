package io.kinesisspring.listener;

import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * The current failures of a shard, and their start: it was stopped, deliveries fail, or
 * it cannot be read. For people to read. No decision depends on it. Thread-safe.
 */
final class ShardFailures {

	private final Map<Object, ShardFailure> deliveries = new ConcurrentHashMap<>();

	private final AtomicReference<@Nullable ShardFailure> reading = new AtomicReference<>();

	private final Clock clock;

	private volatile @Nullable ShardFailure stop;

	ShardFailures(Clock clock) {
		this.clock = clock;
	}

	Instant now() {
		return this.clock.instant();
	}

	void deliveryFailed(Object delivery, Throwable cause) {
		this.deliveries.merge(delivery, new ShardFailure(cause, now()),
				(first, latest) -> first.withCause(latest.cause()));
	}

	void deliveryRecovered(Object delivery) {
		this.deliveries.remove(delivery);
	}

	void readFailed(Throwable cause) {
		this.reading.accumulateAndGet(new ShardFailure(cause, now()),
				(first, latest) -> (first != null && latest != null) ? first.withCause(latest.cause()) : latest);
	}

	void readSucceeded() {
		this.reading.lazySet(null);
	}

	void stopped(@Nullable Throwable cause) {
		this.stop = (cause != null) ? new ShardFailure(cause, now()) : null;
	}

	void opened() {
		this.stop = null;
		readSucceeded();
	}

	/**
	 * The failure that blocks the shard: a stop, or the failure that has lasted longest.
	 */
	@Nullable ShardFailure worst() {
		ShardFailure stopped = this.stop;
		if (stopped != null) {
			return stopped;
		}
		ShardFailure read = this.reading.get();
		return this.deliveries.values().stream().min(Comparator.comparing(ShardFailure::since)).orElse(read);
	}

}

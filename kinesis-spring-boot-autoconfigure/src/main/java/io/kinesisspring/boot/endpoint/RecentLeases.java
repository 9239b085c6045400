package io.kinesisspring.boot.endpoint;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

import io.kinesisspring.lease.Lease;
import io.kinesisspring.listener.KinesisListenerContainer;

/**
 * The leases of listeners. Requests at about the same time share one scan of the lease
 * table, because the listeners need the table's capacity themselves. Thread-safe.
 */
final class RecentLeases {

	private static final Duration AGE = Duration.ofSeconds(1);

	private final Map<String, Reading> readings = new ConcurrentHashMap<>();

	private final LongSupplier nanoTime;

	RecentLeases() {
		this(System::nanoTime);
	}

	RecentLeases(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
	}

	CompletableFuture<List<Lease>> of(KinesisListenerContainer container) {
		long now = this.nanoTime.getAsLong();
		Reading reading = this.readings.compute(container.getId(), (id,
				before) -> (before != null && before.isUsable(now)) ? before : new Reading(container.getLeases(), now));
		return reading.leases.copy();
	}

	void forget(KinesisListenerContainer container) {
		this.readings.remove(container.getId());
	}

	private record Reading(CompletableFuture<List<Lease>> leases, long begun) {

		/**
		 * A scan in progress serves all requests meanwhile.
		 */
		boolean isUsable(long now) {
			return !this.leases.isDone()
					|| (!this.leases.isCompletedExceptionally() && now - this.begun < AGE.toNanos());
		}

	}

}

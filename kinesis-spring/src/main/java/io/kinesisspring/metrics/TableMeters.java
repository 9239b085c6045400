package io.kinesisspring.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;

import io.kinesisspring.lease.dynamodb.TableObserver;

/**
 * The meters of the tables of leases. Thread-safe.
 */
final class TableMeters implements TableObserver {

	private final Map<Kind, Timer> requests = new ConcurrentHashMap<>();

	private final Meters meters;

	TableMeters(Meters meters) {
		this.meters = meters;
	}

	@Override
	public Request requested(String table, String action) {
		long sent = this.meters.now();
		return (outcome) -> timer(new Kind(table, action, outcome)).record(this.meters.now() - sent,
				TimeUnit.NANOSECONDS);
	}

	private Timer timer(Kind kind) {
		return this.requests.computeIfAbsent(kind,
				(unknown) -> this.meters.timer(KinesisMeter.LEASE_REQUESTS,
						Tags.of(KinesisTag.TABLE.asString(), unknown.table(), KinesisTag.ACTION.asString(),
								unknown.action(), KinesisTag.OUTCOME.asString(),
								StreamMeters.lowerCase(unknown.outcome()))));
	}

	private record Kind(String table, String action, Outcome outcome) {

	}

}

package io.kinesisspring.listener;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.error.ExpiredRecordException;

/**
 * Fails records that are too old, so that they are recovered or skipped in their order.
 * They are logged once for each shard.
 */
final class AgeLimitedListener extends SelectingListener {

	private static final Log logger = LogFactory.getLog(AgeLimitedListener.class);

	private final Set<ListenerShard> logged = ConcurrentHashMap.newKeySet();

	private final String id;

	private final Duration maxAge;

	private final String consequence;

	private final Clock clock;

	private final ListenerObserver observer;

	private final ObserverInvoker observerInvoker = new ObserverInvoker("An observer failed at an expired record");

	/**
	 * Create a listener.
	 * @param id the id of the container
	 * @param clock tells the age of records
	 */
	AgeLimitedListener(RecordsListener listener, String id, Duration maxAge, ContainerOptions options, Clock clock) {
		super(listener, options.observer());
		this.id = id;
		this.maxAge = maxAge;
		this.consequence = (options.delivery().expiredRecoverer() != null)
				? "They go to the recoverer, and are only counted from now on"
				: "They are skipped, and only counted from now on";
		this.observer = options.observer();
		this.clock = clock;
	}

	/**
	 * A record without a time of arrival has no age.
	 */
	@Override
	KinesisRecord<byte[]> select(KinesisRecord<byte[]> record) {
		Instant arrival = record.approximateArrival();
		boolean expired = !arrival.equals(KinesisRecord.UNKNOWN_ARRIVAL)
				&& Duration.between(arrival, this.clock.instant()).compareTo(this.maxAge) > 0;
		if (!expired) {
			return record;
		}
		this.observerInvoker.call(() -> this.observer.onExpired(record.stream(), record.shardId()));
		if (this.logged.add(new ListenerShard(this.id, record.stream(), record.shardId()))) {
			logger.warn("Listener '" + this.id + "' does not get records of stream '" + record.stream() + "', shard '"
					+ record.shardId() + "' that are older than " + this.maxAge + ". " + this.consequence);
		}
		throw new ExpiredRecordException(this.maxAge);
	}

}

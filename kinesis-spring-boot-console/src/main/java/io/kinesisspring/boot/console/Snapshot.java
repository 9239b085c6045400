package io.kinesisspring.boot.console;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.listener.ListenerStatus;
import io.kinesisspring.listener.ShardStatus;
import io.kinesisspring.producer.ProducerStatus;

/**
 * What this instance has counted up to a moment. Immutable. A rate is the difference of
 * two.
 *
 * @param nanos the moment on the monotonic clock
 * @param millis the moment since the epoch
 * @param listeners the listeners by id
 * @param producer all templates together; {@code null} if there is none
 * @param units the capacity units of DynamoDB; {@code null} if they are unknown
 */
record Snapshot(long nanos, long millis, Map<String, ListenerStatus> listeners, @Nullable ProducerStatus producer,
		DynamoDbUnits.@Nullable Units units) {

	/**
	 * Return the rate of something that only grows.
	 * @param before the count at the earlier moment, or {@code null} if it is unknown
	 * @param after the count at this moment
	 * @return a number a second, rounded to tenths; NaN if it is unknown
	 */
	double rate(Snapshot earlier, @Nullable Number before, double after) {
		double seconds = (this.nanos - earlier.nanos) / 1e9;
		if (before == null || seconds <= 0) {
			return Double.NaN;
		}
		return Math.round(Math.max(0, after - before.doubleValue()) / seconds * 10) / 10.0;
	}

	/**
	 * Return the largest lag of the shards of a listener.
	 * @return milliseconds; NaN if none is known
	 */
	static double lag(ListenerStatus listener) {
		return listener.shards()
			.stream()
			.mapToLong(ShardStatus::millisBehindLatest)
			.filter((lag) -> lag >= 0)
			.mapToObj(Double::valueOf)
			.reduce(Double::max)
			.orElse(Double.NaN);
	}

}

package io.kinesisspring.sample;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of the sample.
 *
 * @param stream the stream that carries the flights
 * @param replay whether this instance sends the data set
 * @param recordsPerSecond rate of sending; by default slow enough to watch, or the limit
 * of four shards if the application exits when all flights have arrived
 * @param exitWhenDone whether to exit when all flights have arrived
 * @param controls whether the page has buttons that split and merge shards and send
 * poisoned records, for demonstrations
 * @param timeout time without a flight after which the missing flights count as lost
 */
@ConfigurationProperties("sample")
record SampleProperties(@DefaultValue("flights") String stream, @DefaultValue("true") boolean replay,
		@Nullable Integer recordsPerSecond, @DefaultValue("false") boolean exitWhenDone,
		@DefaultValue("false") boolean controls, @DefaultValue("1m") Duration timeout) {

	private static final int WATCHABLE = 150;

	private static final int LIMIT_OF_FOUR_SHARDS = 4_000;

	int rate() {
		if (this.recordsPerSecond != null) {
			return this.recordsPerSecond;
		}
		return this.exitWhenDone ? LIMIT_OF_FOUR_SHARDS : WATCHABLE;
	}

}

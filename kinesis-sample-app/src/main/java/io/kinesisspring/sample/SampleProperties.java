package io.kinesisspring.sample;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of the sample.
 *
 * @param stream the stream that carries the flights
 * @param replay whether this instance sends the data set
 * @param recordsPerSecond rate of sending; the default is the limit of four shards
 * @param exitWhenDone whether to exit when all flights have arrived
 * @param timeout time without a flight after which the missing flights count as lost
 */
@ConfigurationProperties("sample")
record SampleProperties(@DefaultValue("flights") String stream, @DefaultValue("true") boolean replay,
		@DefaultValue("4000") int recordsPerSecond, @DefaultValue("false") boolean exitWhenDone,
		@DefaultValue("1m") Duration timeout) {

}

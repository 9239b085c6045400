package io.kinesisspring.sample;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What can be set about the sample.
 *
 * @param stream the stream that the flights travel through
 * @param replay whether this instance sends the data set
 * @param recordsPerSecond how fast it sends; the default is what four shards take
 * @param exitWhenDone whether to end once all flights have arrived
 * @param patience how long nothing may arrive before the flights that are left count as
 * lost
 */
@ConfigurationProperties("sample")
record SampleProperties(@DefaultValue("flights") String stream, @DefaultValue("true") boolean replay,
		@DefaultValue("4000") int recordsPerSecond, @DefaultValue("false") boolean exitWhenDone,
		@DefaultValue("1m") Duration patience) {

}

package io.kinesisspring.cloudevents;

import java.net.URI;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Properties of CloudEvents.
 *
 * @param source source of the events that are sent as payload with headers, unless the
 * header 'ce-source' is set. A URI reference. Default: a slash and the name of the
 * application
 * @since 0.1.0
 */
@ConfigurationProperties("kinesis.cloudevents")
public record KinesisCloudEventsProperties(@Nullable URI source) {

}

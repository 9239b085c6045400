package io.kinesisspring.boot.console;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of the console.
 *
 * @param enabled whether to serve the console. The endpoint 'kinesis' must be exposed
 * @param path path of the page, in the web server of the actuator's endpoints
 * @since 0.1.0
 */
@ConfigurationProperties("kinesis.console")
public record KinesisConsoleProperties(@DefaultValue("false") boolean enabled, @DefaultValue("/kinesis") String path) {

}

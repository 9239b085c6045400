package io.kinesisspring.boot.test.autoconfigure;

import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Lowers log levels of the embedded servers. DynamoDB Local logs each request twice at
 * {@code INFO}, and each condition that is not met at {@code WARN} with a stack trace,
 * although leases depend on such conditions. Netty logs a stack trace for each connection
 * that an application closes before the server has responded. These levels are defaults:
 * any other source of a level has precedence.
 */
final class QuietBackEnds implements EnvironmentPostProcessor, Ordered {

	private static final Map<String, Object> LEVELS = Map.of("logging.level.software.amazon.dynamodb", "error",
			"logging.level.org.eclipse.jetty", "warn", "logging.level.io.netty.channel.DefaultChannelPipeline",
			"error");

	QuietBackEnds() {
	}

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		environment.getPropertySources().addLast(new MapPropertySource("kinesisQuietBackEnds", LEVELS));
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}

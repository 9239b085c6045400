package io.kinesisspring.boot.test;

import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Keeps the back ends of tests from filling the application's log: DynamoDB Local logs
 * each request twice at {@code INFO}, and each condition that does not hold at
 * {@code WARN} with a stack trace, although leases live on such conditions. Netty logs a
 * stack trace for each connection that an application closes, as it stops, before the
 * server has said a word. These are defaults: whatever else sets the level of one of
 * these loggers wins.
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

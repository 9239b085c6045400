package io.kinesisspring.boot.autoconfigure.diagnostics;

import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link UnknownProperties}.
 */
class UnknownPropertiesTests {

	@Test
	void suggestsSimilarProperties() {
		assertThat(unknown("kinesis.consumer.max-record", "kinesis.comsumer.ack-mode", "kinesis.regoin",
				"kinesis.listeners.orders.retry.max-attempt", "kinesis.consumer.error.onExhausetd"))
			.containsOnly(Map.entry("kinesis.consumer.max-record", "kinesis.consumer.max-records"),
					Map.entry("kinesis.comsumer.ack-mode", "kinesis.consumer.ack-mode"),
					Map.entry("kinesis.regoin", "kinesis.region"),
					Map.entry("kinesis.listeners.orders.retry.max-attempt",
							"kinesis.listeners.orders.retry.max-attempts"),
					Map.entry("kinesis.consumer.error.onexhausetd", "kinesis.consumer.error.on-exhausted"));
	}

	@Test
	void suggestsNothingIfNoPropertyIsSimilar() {
		assertThat(unknown("kinesis.consumer.something.else", "kinesis.listeners.orders.something-else"))
			.containsOnlyKeys("kinesis.consumer.something.else", "kinesis.listeners.orders.something-else")
			.allSatisfy((name, instead) -> assertThat(instead).isNull());
	}

	@Test
	void acceptsAllPropertiesThatCanBeBound() {
		assertThat(unknown("kinesis.region", "kinesis.consumer.maxRecords", "kinesis.consumer.fan_out.consumer_name",
				"kinesis.lease.imports[0].table-name", "kinesis.lease.table-names.billing",
				"kinesis.lease.table-names[my.app]", "kinesis.producer.header-patterns[1]",
				"kinesis.producer.header-patterns", "kinesis.listeners.orders.error.dead-letter-stream",
				"kinesis.listeners[my.orders].max-records", "kinesis.health.lag-threshold", "kinesis.enabled",
				"kinesis.streams.create.shards", "kinesis.producer.retry.max-interval"))
			.isEmpty();
	}

	@Test
	void ignoresPropertiesOfTheApplication() {
		assertThat(unknown("kinesis.orders-stream", "kinesis.streams-of-mine.orders", "kinesisfoo.consumer.x"))
			.isEmpty();
	}

	@Test
	void ignoresEnvironmentVariables() {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
					new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
							Map.of("KINESIS_CONSUMER_PORT", "80")));
		assertThat(new UnknownProperties(environment).unknown()).isEmpty();
	}

	private static Map<String, String> unknown(String... names) {
		StandardEnvironment environment = new StandardEnvironment();
		Map<String, Object> properties = new HashMap<>();
		for (String name : names) {
			properties.put(name, "1");
		}
		environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
		return new UnknownProperties(environment).unknown();
	}

}

package io.kinesisspring.boot.autoconfigure.diagnostics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.boot.autoconfigure.client.KinesisClientAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link UnknownProperties}.
 */
@ExtendWith(OutputCaptureExtension.class)
class UnknownPropertiesTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(KinesisClientAutoConfiguration.class))
		.withPropertyValues("kinesis.region=eu-central-1");

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
				"kinesis.lease.table-names[my.app]", "kinesis.lease.table.tags.team",
				"kinesis.lease.table.tags[cost.centre]", "kinesis.lease.shared", "kinesis.producer.header-patterns[1]",
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
	void findsMisspeltPropertiesOfImportsAndOfListenersInBrackets() {
		assertThat(unknown("kinesis.lease.imports[0].tabel-name", "kinesis.listeners[my.orders].max-record"))
			.containsOnly(Map.entry("kinesis.lease.imports[0].tabel-name", "kinesis.lease.imports[0].table-name"),
					Map.entry("kinesis.listeners[my.orders].max-record", "kinesis.listeners[my.orders].max-records"));
	}

	@Test
	void typingErrorsInTheGroupsOfTheLibraryFailTheStart() {
		this.contextRunner
			.withPropertyValues("kinesis.consumer.max-record=5", "kinesis.listeners.orders.retry.max-atempts=5")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.isInstanceOf(KinesisConfigurationException.class)
				.hasMessageContaining("There is no property 'kinesis.consumer.max-record'")
				.hasMessageContaining("There is no property 'kinesis.listeners.orders.retry.max-atempts'")
				.hasMessageContaining("Did you mean 'kinesis.consumer.max-records'? "
						+ "Did you mean 'kinesis.listeners.orders.retry.max-attempts'? Correct the name"));
	}

	@Test
	void otherUnknownPropertiesAreWarnings(CapturedOutput output) {
		this.contextRunner
			.withPropertyValues("kinesis.regoin=eu", "kinesis.comsumer.mode=polling", "kinesis.consumer.threads=5")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("The unknown property 'kinesis.regoin' (")
			.contains("has no effect. Did you mean 'kinesis.region'?")
			.contains("Did you mean 'kinesis.consumer.mode'?")
			.contains("The unknown property 'kinesis.consumer.threads' (");
	}

	@Test
	void namesTheFileAndTheLine(@TempDir Path directory) throws IOException {
		Path file = Files.writeString(directory.resolve("application.yml"), """
				kinesis:
				  region: eu-central-1
				  consumer:
				    error:
				      dead-letter-steam: dead
				""");
		assertThatExceptionOfType(KinesisConfigurationException.class)
			.isThrownBy(() -> new SpringApplicationBuilder(KinesisClientAutoConfiguration.class)
				.web(WebApplicationType.NONE)
				.properties("spring.config.location=" + file.toUri())
				.run())
			.withMessageContaining("'kinesis.consumer.error.dead-letter-steam' (")
			.withMessageContaining("application.yml] - 5:26)")
			.withMessageContaining("Did you mean 'kinesis.consumer.error.dead-letter-stream'?");
	}

	@Test
	void acceptsEnvironmentVariables() {
		assertThat(variables("KINESIS_CONSUMER_MAXRECORDS", "KINESIS_CONSUMER_MAX_RECORDS", "KINESIS_REGION",
				"KINESIS_PRODUCER_HEADERPATTERNS_0", "KINESIS_LISTENERS_ORDERS_MAXRECORDS",
				"KINESIS_LEASE_IMPORTS_0_TABLENAME", "KINESIS_LEASE_TABLENAMES_BILLING"))
			.isEmpty();
	}

	@Test
	void acceptsEnvironmentVariablesOfContainerPlatforms() {
		assertThat(variables("KINESIS_PORT", "KINESIS_SERVICE_HOST", "KINESIS_SERVICE_PORT",
				"KINESIS_SERVICE_PORT_HTTP", "KINESIS_PORT_4567_TCP", "KINESIS_PORT_4567_TCP_ADDR",
				"KINESIS_CONSUMER_PORT", "KINESIS_CONSUMER_SERVICE_HOST", "KINESIS_STREAM", "KINESIS_HTTP_PORT"))
			.isEmpty();
	}

	@Test
	void warnsAboutMisspeltEnvironmentVariables() {
		assertThat(variables("KINESIS_CONSUMER_MAX_RECORD", "KINESIS_REGOIN")).containsOnly(
				Map.entry("KINESIS_CONSUMER_MAX_RECORD", "KINESIS_CONSUMER_MAXRECORDS"),
				Map.entry("KINESIS_REGOIN", "KINESIS_REGION"));
	}

	private static Map<String, String> variables(String... names) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new SystemEnvironmentPropertySource(
					StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, values(names)));
		return names(new UnknownProperties(environment).unknown());
	}

	private static Map<String, String> unknown(String... names) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(new MapPropertySource("test", values(names)));
		return names(new UnknownProperties(environment).unknown());
	}

	private static Map<String, Object> values(String... names) {
		Map<String, Object> values = new HashMap<>();
		for (String name : names) {
			values.put(name, "1");
		}
		return values;
	}

	private static Map<String, String> names(Map<String, UnknownProperties.Unknown> unknown) {
		Map<String, String> names = new HashMap<>();
		unknown.forEach((name, found) -> names.put(name, found.instead()));
		return names;
	}

}

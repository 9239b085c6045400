package io.kinesisspring.boot.autoconfigure;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.actuate.context.properties.ConfigurationPropertiesReportEndpoint;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.unit.DataSize;

import io.kinesisspring.boot.autoconfigure.KinesisProperties.Http.Protocol;
import io.kinesisspring.boot.autoconfigure.client.KinesisClientAutoConfiguration;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.listener.AckMode;
import io.kinesisspring.producer.ProducerOptions.Ordering;
import io.kinesisspring.shard.OnMissingStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link KinesisProperties}.
 */
class KinesisPropertiesTests {

	@Test
	void bindsDocumentedNames() {
		KinesisProperties properties = bind(Map.of("kinesis.endpoint", "http://localhost:4567", "kinesis.http.protocol",
				"http1.1", "kinesis.streams.on-missing", "create", "kinesis.lease.store", "none",
				"kinesis.consumer.ack-mode", "manual", "kinesis.consumer.buffer-memory", "16MB",
				"kinesis.producer.ordering", "none", "kinesis.producer.linger", "500ms"));
		assertThat(properties.endpoint()).isEqualTo(URI.create("http://localhost:4567"));
		assertThat(properties.http().protocol()).isEqualTo(Protocol.HTTP1_1);
		assertThat(properties.streams().onMissing()).isEqualTo(OnMissingStream.CREATE);
		assertThat(properties.lease().store()).isEqualTo("none");
		assertThat(properties.consumer().ackMode()).isEqualTo(AckMode.MANUAL);
		assertThat(properties.consumer().bufferMemory()).isEqualTo(DataSize.ofMegabytes(16));
		assertThat(properties.producer().ordering()).isEqualTo(Ordering.NONE);
		assertThat(properties.producer().linger()).isEqualTo(Duration.ofMillis(500));
	}

	@Test
	void printNoSecrets() {
		assertThat(bind(Map.of("kinesis.credentials.access-key", "AKIDEXAMPLE", "kinesis.credentials.secret-key",
				"wJalrXUtnFEMI", "kinesis.credentials.session-token", "FwoGZXIvYXdz", "kinesis.credentials.external-id",
				"partner-7"))
			.toString()).doesNotContain("AKIDEXAMPLE", "wJalrXUtnFEMI", "FwoGZXIvYXdz", "partner-7");
	}

	@Test
	void areShownByTheConfigpropsEndpoint() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(KinesisClientAutoConfiguration.class))
			.withPropertyValues("kinesis.region=eu-central-1", "kinesis.consumer.concurrency=7")
			.run((context) -> {
				ConfigurationPropertiesReportEndpoint endpoint = new ConfigurationPropertiesReportEndpoint(List.of(),
						Show.ALWAYS);
				endpoint.setApplicationContext(context.getSourceApplicationContext());
				assertThat(endpoint.configurationPropertiesWithPrefix("kinesis").getContexts().values())
					.flatExtracting((shown) -> shown.getBeans().values())
					.singleElement()
					.satisfies((bean) -> assertThat(bean.getProperties().toString()).contains("region=eu-central-1",
							"concurrency=7"));
			});
	}

	@ParameterizedTest
	@CsvSource({ "latest", "LATEST", "Latest" })
	void bindsInitialPositionLatest(String value) {
		assertThat(bindInitialPosition(value)).isEqualTo(InitialPosition.LATEST);
	}

	@ParameterizedTest
	@CsvSource({ "trim-horizon", "TRIM_HORIZON" })
	void bindsInitialPositionTrimHorizon(String value) {
		assertThat(bindInitialPosition(value)).isEqualTo(InitialPosition.TRIM_HORIZON);
	}

	@ParameterizedTest
	@CsvSource({ "2026-11-23T10:00:00Z", "2026-11-23T11:00:00+01:00" })
	void bindsInitialPositionAtAnInstant(String value) {
		assertThat(bindInitialPosition(value)).isEqualTo(new InitialPosition.At(Instant.parse("2026-11-23T10:00:00Z")));
	}

	@ParameterizedTest
	@CsvSource({ "90m", "PT1H30M", "pt1h30m" })
	void bindsInitialPositionAgo(String value) {
		assertThat(bindInitialPosition(value)).isEqualTo(new InitialPosition.Ago(Duration.ofMinutes(90)));
	}

	@ParameterizedTest
	@CsvSource({ "-1h", "0s", "366d" })
	void whenInitialPositionIsNoDurationBackSaysSo(String value) {
		assertThatExceptionOfType(BindException.class).isThrownBy(() -> bindInitialPosition(value))
			.havingRootCause()
			.withMessageContaining("is no duration back: use a positive one of up to 365 days such as '1h'");
	}

	@Test
	void whenInitialPositionIsMalformedListsTheValidValues() {
		assertThatExceptionOfType(BindException.class).isThrownBy(() -> bindInitialPosition("yesterday"))
			.havingRootCause()
			.withMessage(
					"'yesterday' is no initial position: use 'trim-horizon', 'latest', an ISO-8601 instant such as '2026-11-23T10:00:00Z', or a duration back such as '1h'");
	}

	@Test
	void bindsListenersByTheirIds() {
		KinesisProperties properties = bind(Map.of("kinesis.listeners.orders.max-records", "100",
				"kinesis.listeners.clickHandler-onClick.retry.initial-interval", "1s"));
		assertThat(properties.listeners()).containsOnlyKeys("orders", "clickHandler-onClick");
		assertThat(properties.listeners().get("orders").maxRecords()).isEqualTo(100);
		assertThat(properties.listeners().get("orders").ackMode()).isNull();
		assertThat(properties.listeners().get("clickHandler-onClick").retry().initialInterval())
			.isEqualTo(Duration.ofSeconds(1));
	}

	private static InitialPosition bindInitialPosition(String value) {
		return bind(Map.of("kinesis.consumer.initial-position", value)).consumer().initialPosition();
	}

	private static KinesisProperties bind(Map<String, String> properties) {
		return new Binder(new MapConfigurationPropertySource(properties)).bindOrCreate("kinesis",
				KinesisProperties.class);
	}

}

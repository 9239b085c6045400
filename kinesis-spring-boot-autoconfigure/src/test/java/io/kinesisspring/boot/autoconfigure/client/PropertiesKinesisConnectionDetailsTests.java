package io.kinesisspring.boot.autoconfigure.client;

import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.boot.autoconfigure.KinesisProperties;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PropertiesKinesisConnectionDetails}.
 */
class PropertiesKinesisConnectionDetailsTests {

	private final Map<String, String> properties = new HashMap<>();

	@Test
	void isEmptyByDefault() {
		assertThat(connectionDetails().getEndpoint()).isNull();
		assertThat(connectionDetails().getDynamoDbEndpoint()).isNull();
		assertThat(connectionDetails().getRegion()).isNull();
		assertThat(connectionDetails().getAccessKey()).isNull();
		assertThat(connectionDetails().getSecretKey()).isNull();
		assertThat(connectionDetails().getSessionToken()).isNull();
	}

	@Test
	void returnsTheProperties() {
		this.properties.put("kinesis.endpoint", "http://localhost:1");
		this.properties.put("kinesis.dynamodb.endpoint", "https://localhost:2");
		this.properties.put("kinesis.region", "eu-central-1");
		this.properties.put("kinesis.credentials.access-key", "access");
		this.properties.put("kinesis.credentials.secret-key", "secret");
		this.properties.put("kinesis.credentials.session-token", "token");
		assertThat(connectionDetails().getEndpoint()).hasToString("http://localhost:1");
		assertThat(connectionDetails().getDynamoDbEndpoint()).hasToString("https://localhost:2");
		assertThat(connectionDetails().getRegion()).isEqualTo("eu-central-1");
		assertThat(connectionDetails().getAccessKey()).isEqualTo("access");
		assertThat(connectionDetails().getSecretKey()).isEqualTo("secret");
		assertThat(connectionDetails().getSessionToken()).isEqualTo("token");
	}

	@Test
	void anEmptyEndpointCountsAsNone() {
		this.properties.put("kinesis.endpoint", "");
		assertThat(connectionDetails().getEndpoint()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost:4567", "localhost", "ftp://localhost", "http:/localhost" })
	void whenAnEndpointIsNotAUrlNamesTheProperty(String endpoint) {
		this.properties.put("kinesis.endpoint", endpoint);
		this.properties.put("kinesis.dynamodb.endpoint", endpoint);
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(connectionDetails()::getEndpoint)
			.withMessageStartingWith("kinesis.endpoint is '" + endpoint + "', which is not an http(s) URL. Set it to");
		assertThatExceptionOfType(KinesisConfigurationException.class)
			.isThrownBy(connectionDetails()::getDynamoDbEndpoint)
			.withMessageStartingWith("kinesis.dynamodb.endpoint is '" + endpoint + "'");
	}

	private PropertiesKinesisConnectionDetails connectionDetails() {
		return new PropertiesKinesisConnectionDetails(new Binder(new MapConfigurationPropertySource(this.properties))
			.bindOrCreate("kinesis", KinesisProperties.class));
	}

}

package io.kinesisspring.boot.autoconfigure.client;

import java.net.URI;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.boot.autoconfigure.KinesisProperties;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PropertiesKinesisConnectionDetails}.
 */
class PropertiesKinesisConnectionDetailsTests {

	private final KinesisProperties properties = new KinesisProperties();

	private final PropertiesKinesisConnectionDetails connectionDetails = new PropertiesKinesisConnectionDetails(
			this.properties);

	@Test
	void saysNothingByDefault() {
		assertThat(this.connectionDetails.getEndpoint()).isNull();
		assertThat(this.connectionDetails.getDynamoDbEndpoint()).isNull();
		assertThat(this.connectionDetails.getRegion()).isNull();
		assertThat(this.connectionDetails.getAccessKey()).isNull();
		assertThat(this.connectionDetails.getSecretKey()).isNull();
		assertThat(this.connectionDetails.getSessionToken()).isNull();
	}

	@Test
	void saysWhatThePropertiesSay() {
		this.properties.setEndpoint(URI.create("http://localhost:1"));
		this.properties.getDynamodb().setEndpoint(URI.create("https://localhost:2"));
		this.properties.setRegion("eu-central-1");
		this.properties.getCredentials().setAccessKey("access");
		this.properties.getCredentials().setSecretKey("secret");
		this.properties.getCredentials().setSessionToken("token");
		assertThat(this.connectionDetails.getEndpoint()).hasToString("http://localhost:1");
		assertThat(this.connectionDetails.getDynamoDbEndpoint()).hasToString("https://localhost:2");
		assertThat(this.connectionDetails.getRegion()).isEqualTo("eu-central-1");
		assertThat(this.connectionDetails.getAccessKey()).isEqualTo("access");
		assertThat(this.connectionDetails.getSecretKey()).isEqualTo("secret");
		assertThat(this.connectionDetails.getSessionToken()).isEqualTo("token");
	}

	@Test
	void anEmptyEndpointIsNone() {
		this.properties.setEndpoint(URI.create(""));
		assertThat(this.connectionDetails.getEndpoint()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost:4567", "localhost", "ftp://localhost", "http:/localhost" })
	void whenAnEndpointIsNoUrlNamesTheProperty(String endpoint) {
		this.properties.setEndpoint(URI.create(endpoint));
		this.properties.getDynamodb().setEndpoint(URI.create(endpoint));
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(this.connectionDetails::getEndpoint)
			.withMessageStartingWith("kinesis.endpoint is '" + endpoint + "', which is not an http(s) URL. Set it to");
		assertThatExceptionOfType(KinesisConfigurationException.class)
			.isThrownBy(this.connectionDetails::getDynamoDbEndpoint)
			.withMessageStartingWith("kinesis.dynamodb.endpoint is '" + endpoint + "'");
	}

}

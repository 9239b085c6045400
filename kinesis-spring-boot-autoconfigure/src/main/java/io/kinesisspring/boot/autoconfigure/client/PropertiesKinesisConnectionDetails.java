package io.kinesisspring.boot.autoconfigure.client;

import java.net.URI;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.boot.autoconfigure.KinesisProperties;

/**
 * Adapts {@link KinesisProperties} to {@link KinesisConnectionDetails}.
 */
final class PropertiesKinesisConnectionDetails implements KinesisConnectionDetails {

	private static final Set<String> SCHEMES = Set.of("http", "https");

	private final KinesisProperties properties;

	PropertiesKinesisConnectionDetails(KinesisProperties properties) {
		this.properties = properties;
	}

	@Override
	public @Nullable URI getEndpoint() {
		return checked("kinesis.endpoint", this.properties.endpoint());
	}

	@Override
	public @Nullable URI getDynamoDbEndpoint() {
		return checked("kinesis.dynamodb.endpoint", this.properties.dynamodb().endpoint());
	}

	@Override
	public @Nullable String getRegion() {
		return this.properties.region();
	}

	@Override
	public @Nullable String getAccessKey() {
		return this.properties.credentials().accessKey();
	}

	@Override
	public @Nullable String getSecretKey() {
		return this.properties.credentials().secretKey();
	}

	@Override
	public @Nullable String getSessionToken() {
		return this.properties.credentials().sessionToken();
	}

	private static @Nullable URI checked(String property, @Nullable URI endpoint) {
		if (endpoint == null || endpoint.toString().isEmpty()) {
			return null;
		}
		String scheme = endpoint.getScheme();
		if (scheme == null || !SCHEMES.contains(scheme) || endpoint.getHost() == null) {
			throw new KinesisConfigurationException(property + " is '" + endpoint + "', which is not an http(s) URL",
					"Set it to a URL such as 'http://localhost:4567', or leave it out to use the service's own endpoint");
		}
		return endpoint;
	}

}

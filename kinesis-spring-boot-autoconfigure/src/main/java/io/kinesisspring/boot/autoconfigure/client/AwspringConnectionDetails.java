package io.kinesisspring.boot.autoconfigure.client;

import java.net.URI;

import io.awspring.cloud.autoconfigure.core.AwsConnectionDetails;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;

/**
 * Adapts the {@link AwsConnectionDetails} of Spring Cloud AWS, which describe one server
 * for all services. What they do not have is taken from the properties. Keys are taken
 * from one of the two as a whole.
 */
final class AwspringConnectionDetails implements KinesisConnectionDetails {

	private final AwsConnectionDetails aws;

	private final PropertiesKinesisConnectionDetails properties;

	AwspringConnectionDetails(AwsConnectionDetails aws, PropertiesKinesisConnectionDetails properties) {
		this.aws = aws;
		this.properties = properties;
	}

	@Override
	public @Nullable URI getEndpoint() {
		URI endpoint = this.aws.getEndpoint();
		return (endpoint != null) ? endpoint : this.properties.getEndpoint();
	}

	@Override
	public @Nullable URI getDynamoDbEndpoint() {
		URI endpoint = this.aws.getEndpoint();
		return (endpoint != null) ? endpoint : this.properties.getDynamoDbEndpoint();
	}

	@Override
	public @Nullable String getRegion() {
		String region = this.aws.getRegion();
		return StringUtils.hasText(region) ? region : this.properties.getRegion();
	}

	@Override
	public @Nullable String getAccessKey() {
		return hasKeys() ? this.aws.getAccessKey() : this.properties.getAccessKey();
	}

	@Override
	public @Nullable String getSecretKey() {
		return hasKeys() ? this.aws.getSecretKey() : this.properties.getSecretKey();
	}

	@Override
	public @Nullable String getSessionToken() {
		return hasKeys() ? null : this.properties.getSessionToken();
	}

	private boolean hasKeys() {
		return StringUtils.hasText(this.aws.getAccessKey());
	}

}

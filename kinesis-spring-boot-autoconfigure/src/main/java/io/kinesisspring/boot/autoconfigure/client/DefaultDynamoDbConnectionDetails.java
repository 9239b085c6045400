package io.kinesisspring.boot.autoconfigure.client;

import java.net.URI;

import org.jspecify.annotations.Nullable;

/**
 * Finds DynamoDB where the {@link KinesisConnectionDetails} say, or else where the
 * property says: a server may know Kinesis alone.
 */
final class DefaultDynamoDbConnectionDetails implements KinesisDynamoDbConnectionDetails {

	private final KinesisConnectionDetails connectionDetails;

	private final PropertiesKinesisConnectionDetails properties;

	DefaultDynamoDbConnectionDetails(KinesisConnectionDetails connectionDetails,
			PropertiesKinesisConnectionDetails properties) {
		this.connectionDetails = connectionDetails;
		this.properties = properties;
	}

	@Override
	public @Nullable URI getEndpoint() {
		URI endpoint = this.connectionDetails.getDynamoDbEndpoint();
		return (endpoint != null) ? endpoint : this.properties.getDynamoDbEndpoint();
	}

}

package io.kinesisspring.boot.autoconfigure.client;

import java.net.URI;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Details required to connect to Kinesis and to the DynamoDB table of leases. A bean of
 * this type replaces the properties of the same names. The AWS SDK finds details that the
 * bean does not have.
 *
 * @since 0.1.0
 */
public interface KinesisConnectionDetails extends ConnectionDetails {

	/**
	 * The URL of the Kinesis endpoint.
	 * @return the endpoint, or {@code null} for that of the region
	 */
	default @Nullable URI getEndpoint() {
		return null;
	}

	/**
	 * The URL of the DynamoDB endpoint. A {@link KinesisDynamoDbConnectionDetails} bean
	 * overrides it.
	 * @return the endpoint, or {@code null} for that of {@code kinesis.dynamodb.endpoint}
	 * or, without it, of the region
	 */
	default @Nullable URI getDynamoDbEndpoint() {
		return null;
	}

	/**
	 * The AWS region.
	 * @return the region's name, or {@code null}
	 */
	default @Nullable String getRegion() {
		return null;
	}

	/**
	 * The access key.
	 * @return the access key, or {@code null}
	 */
	default @Nullable String getAccessKey() {
		return null;
	}

	/**
	 * The secret key that belongs to the access key.
	 * @return the secret key, or {@code null} if there is no access key
	 */
	default @Nullable String getSecretKey() {
		return null;
	}

	/**
	 * The session token that belongs to temporary keys.
	 * @return the session token, or {@code null}
	 */
	default @Nullable String getSessionToken() {
		return null;
	}

}

package io.kinesisspring.boot.autoconfigure.client;

import java.net.URI;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Details required to connect to the DynamoDB table of leases, where it is not where
 * {@link KinesisConnectionDetails} says. Region and credentials are those of Kinesis.
 *
 * @since 0.1.0
 */
public interface KinesisDynamoDbConnectionDetails extends ConnectionDetails {

	/**
	 * The URL of the DynamoDB endpoint.
	 * @return the endpoint, or {@code null} for that of the region
	 */
	@Nullable URI getEndpoint();

}

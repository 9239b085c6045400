package io.kinesisspring.boot.test.autoconfigure;

import java.net.URI;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.boot.autoconfigure.client.KinesisConnectionDetails;
import io.kinesisspring.embedded.EmbeddedKinesisServer;

/**
 * Connects an application to an embedded server, whatever its properties say.
 */
final class EmbeddedConnectionDetails implements KinesisConnectionDetails {

	private final EmbeddedKinesisServer server;

	EmbeddedConnectionDetails(EmbeddedKinesisServer server) {
		this.server = server;
	}

	@Override
	public URI getEndpoint() {
		return this.server.endpoint();
	}

	@Override
	public @Nullable URI getDynamoDbEndpoint() {
		return this.server.dynamoDbEndpoint().orElse(null);
	}

	@Override
	public @Nullable String getRegion() {
		return this.server.properties().get("kinesis.region");
	}

	@Override
	public @Nullable String getAccessKey() {
		return this.server.properties().get("kinesis.credentials.access-key");
	}

	@Override
	public @Nullable String getSecretKey() {
		return this.server.properties().get("kinesis.credentials.secret-key");
	}

}

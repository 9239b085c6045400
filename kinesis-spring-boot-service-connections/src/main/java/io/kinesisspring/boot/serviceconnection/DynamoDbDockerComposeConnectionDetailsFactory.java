package io.kinesisspring.boot.serviceconnection;

import java.net.URI;

import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionDetailsFactory;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;

import io.kinesisspring.boot.autoconfigure.client.KinesisDynamoDbConnectionDetails;

/**
 * Creates {@link KinesisDynamoDbConnectionDetails} from a service of Docker Compose with
 * DynamoDB Local.
 */
class DynamoDbDockerComposeConnectionDetailsFactory
		extends DockerComposeConnectionDetailsFactory<KinesisDynamoDbConnectionDetails> {

	DynamoDbDockerComposeConnectionDetailsFactory() {
		super(Emulator.DYNAMODB_LOCAL.connectionNames().toArray(String[]::new));
	}

	@Override
	protected KinesisDynamoDbConnectionDetails getDockerComposeConnectionDetails(DockerComposeConnectionSource source) {
		return new Details(source.getRunningService());
	}

	private static final class Details extends DockerComposeConnectionDetails
			implements KinesisDynamoDbConnectionDetails {

		private final URI endpoint;

		private Details(RunningService service) {
			super(service);
			this.endpoint = Emulator.endpoint(service.host(), service.ports().get(Emulator.DYNAMODB_LOCAL.port()));
		}

		@Override
		public URI getEndpoint() {
			return this.endpoint;
		}

	}

}

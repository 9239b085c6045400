package io.kinesisspring.boot.serviceconnection;

import java.net.URI;

import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;
import org.testcontainers.containers.Container;

import io.kinesisspring.boot.autoconfigure.client.KinesisDynamoDbConnectionDetails;

/**
 * Creates {@link KinesisDynamoDbConnectionDetails} from a container with DynamoDB Local.
 */
class DynamoDbContainerConnectionDetailsFactory
		extends ContainerConnectionDetailsFactory<Container<?>, KinesisDynamoDbConnectionDetails> {

	DynamoDbContainerConnectionDetailsFactory() {
		super(Emulator.DYNAMODB_LOCAL.connectionNames());
	}

	@Override
	protected KinesisDynamoDbConnectionDetails getContainerConnectionDetails(
			ContainerConnectionSource<Container<?>> source) {
		return new Details(source);
	}

	private static final class Details extends ContainerConnectionDetails<Container<?>>
			implements KinesisDynamoDbConnectionDetails {

		private Details(ContainerConnectionSource<Container<?>> source) {
			super(source);
		}

		@Override
		public URI getEndpoint() {
			return Emulator.endpoint(getContainer().getHost(),
					getContainer().getMappedPort(Emulator.DYNAMODB_LOCAL.port()));
		}

	}

}

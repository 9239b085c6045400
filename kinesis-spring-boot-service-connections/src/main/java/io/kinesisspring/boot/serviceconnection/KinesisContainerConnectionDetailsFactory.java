package io.kinesisspring.boot.serviceconnection;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;
import org.springframework.util.ClassUtils;
import org.testcontainers.containers.Container;

import io.kinesisspring.boot.autoconfigure.client.KinesisConnectionDetails;

/**
 * Creates {@link KinesisConnectionDetails} from a container of Testcontainers, which is
 * known by its type, or by its image or the name of its connection.
 */
class KinesisContainerConnectionDetailsFactory
		extends ContainerConnectionDetailsFactory<Container<?>, KinesisConnectionDetails> {

	KinesisContainerConnectionDetailsFactory() {
		super(ANY_CONNECTION_NAME);
	}

	@Override
	protected boolean sourceAccepts(ContainerConnectionSource<Container<?>> source, Class<?> requiredContainerType,
			Class<?> requiredConnectionDetailsType) {
		return emulatorOf(source).isPresent();
	}

	private static Optional<Emulator> emulatorOf(ContainerConnectionSource<?> source) {
		return Emulator.ofKinesis((emulator) -> isOfTheType(source, emulator) || emulator.connectionNames()
			.stream()
			.anyMatch((name) -> source.accepts(name, Container.class, KinesisConnectionDetails.class)));
	}

	private static boolean isOfTheType(ContainerConnectionSource<?> source, Emulator emulator) {
		String type = emulator.containerClass();
		ClassLoader loader = KinesisContainerConnectionDetailsFactory.class.getClassLoader();
		return type != null && ClassUtils.isPresent(type, loader) && source.accepts(ANY_CONNECTION_NAME,
				ClassUtils.resolveClassName(type, loader), KinesisConnectionDetails.class);
	}

	@Override
	protected KinesisConnectionDetails getContainerConnectionDetails(ContainerConnectionSource<Container<?>> source) {
		return new Details(source, emulatorOf(source).orElseThrow());
	}

	private static final class Details extends ContainerConnectionDetails<Container<?>>
			implements EmulatorConnectionDetails {

		private final Emulator emulator;

		private Details(ContainerConnectionSource<Container<?>> source, Emulator emulator) {
			super(source);
			this.emulator = emulator;
		}

		@Override
		public Emulator emulator() {
			return this.emulator;
		}

		@Override
		public URI address() {
			return Emulator.endpoint(getContainer().getHost(), getContainer().getMappedPort(this.emulator.port()));
		}

		@Override
		public Map<String, String> environment() {
			return getContainer().getEnvMap();
		}

	}

}

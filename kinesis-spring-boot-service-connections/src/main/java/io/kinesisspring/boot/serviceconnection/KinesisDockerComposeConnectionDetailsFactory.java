package io.kinesisspring.boot.serviceconnection;

import java.net.URI;
import java.util.Map;

import org.springframework.boot.docker.compose.core.ImageReference;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionDetailsFactory;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;

import io.kinesisspring.boot.autoconfigure.client.KinesisConnectionDetails;

/**
 * Creates {@link KinesisConnectionDetails} from a service of Docker Compose, which is
 * known by its image, or by the label {@code org.springframework.boot.service-connection}
 * if it has one.
 */
class KinesisDockerComposeConnectionDetailsFactory
		extends DockerComposeConnectionDetailsFactory<KinesisConnectionDetails> {

	private static final String LABEL = "org.springframework.boot.service-connection";

	KinesisDockerComposeConnectionDetailsFactory() {
		super(Emulator.namesOfKinesis());
	}

	@Override
	protected KinesisConnectionDetails getDockerComposeConnectionDetails(DockerComposeConnectionSource source) {
		return new Details(source.getRunningService());
	}

	private static final class Details extends DockerComposeConnectionDetails implements EmulatorConnectionDetails {

		private final Emulator emulator;

		private final URI address;

		private final Map<String, String> environment;

		private Details(RunningService service) {
			super(service);
			this.emulator = emulatorOf(service);
			this.address = Emulator.endpoint(service.host(), service.ports().get(this.emulator.port()));
			this.environment = service.env();
		}

		private static Emulator emulatorOf(RunningService service) {
			String label = service.labels().get(LABEL);
			String name = (label != null) ? nameOf(label) : service.image().getName();
			return Emulator
				.ofKinesis(
						(emulator) -> emulator.connectionNames().stream().map(Details::nameOf).anyMatch(name::equals))
				.orElseThrow();
		}

		private static String nameOf(String image) {
			return ImageReference.of(image).getName();
		}

		@Override
		public Emulator emulator() {
			return this.emulator;
		}

		@Override
		public URI address() {
			return this.address;
		}

		@Override
		public Map<String, String> environment() {
			return this.environment;
		}

	}

}

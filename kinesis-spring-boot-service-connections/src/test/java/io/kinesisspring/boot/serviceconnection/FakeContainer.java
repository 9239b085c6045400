package io.kinesisspring.boot.serviceconnection;

import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A container that seems to run, for what an application sees of one.
 */
class FakeContainer extends GenericContainer<FakeContainer> {

	private final String image;

	private final int inside;

	private final int outside;

	/**
	 * Create a container.
	 * @param image its image
	 * @param inside the port that its server has inside
	 * @param outside the port at which the application reaches it
	 */
	FakeContainer(String image, int inside, int outside) {
		super(DockerImageName.parse(image));
		this.image = image;
		this.inside = inside;
		this.outside = outside;
	}

	@Override
	public void start() {
	}

	@Override
	public void stop() {
	}

	@Override
	public String getDockerImageName() {
		return this.image;
	}

	@Override
	public String getHost() {
		return "127.0.0.1";
	}

	@Override
	public Integer getMappedPort(int port) {
		if (port != this.inside) {
			throw new IllegalArgumentException("Requested port (" + port + ") is not mapped");
		}
		return this.outside;
	}

}

package io.kinesisspring.embedded.testing;

import java.net.URI;
import java.util.concurrent.TimeUnit;

/**
 * A server in a process of its own. Closing it asks the process to end, and ends it by
 * force five seconds later.
 */
public final class IndependentServer implements AutoCloseable {

	private static final long GRACE = 5;

	private final Process process;

	private final URI endpoint;

	IndependentServer(Process process, URI endpoint) {
		this.process = process;
		this.endpoint = endpoint;
		Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
	}

	/**
	 * Return where the server listens.
	 * @return the endpoint
	 */
	public URI endpoint() {
		return this.endpoint;
	}

	/**
	 * Return the server's process id, for measurements.
	 * @return the process id
	 */
	public long pid() {
		return this.process.pid();
	}

	boolean isAlive() {
		return this.process.isAlive();
	}

	@Override
	public void close() {
		this.process.destroy();
		try {
			if (!this.process.waitFor(GRACE, TimeUnit.SECONDS)) {
				this.process.destroyForcibly().waitFor(GRACE, TimeUnit.SECONDS);
			}
		}
		catch (InterruptedException ex) {
			this.process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
	}

}

package io.kinesisspring.embedded.testing;

import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.Extension;

/**
 * Lets tests that wait for something wait for a minute, since a machine that runs several
 * test JVMs at the same time can be ten times slower than usual. JUnit finds this
 * extension by itself.
 */
public final class Patience implements Extension {

	private static final Duration TIMEOUT = Duration.ofMinutes(1);

	/**
	 * Set the default of all tests of the JVM.
	 */
	public Patience() {
		Awaitility.setDefaultTimeout(TIMEOUT);
	}

}

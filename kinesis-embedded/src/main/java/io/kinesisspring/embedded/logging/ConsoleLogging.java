package io.kinesisspring.embedded.logging;

import java.util.ServiceLoader;
import java.util.logging.Level;
import java.util.logging.Logger;

import org.slf4j.LoggerFactory;
import org.slf4j.helpers.Reporter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Makes a process log warnings and errors to standard error, whatever SLF4J provider is
 * on its class path.
 *
 * @since 0.1.0
 */
public final class ConsoleLogging {

	private ConsoleLogging() {
	}

	/**
	 * Choose what is logged. Call this before anything logs.
	 * @param verbose {@code true} to log all that the provider on the class path logs, or
	 * from {@code DEBUG} on if there is none; {@code false} to log warnings and errors
	 */
	public static void configure(boolean verbose) {
		if (System.getProperty(LoggerFactory.PROVIDER_PROPERTY_KEY) != null) {
			return;
		}
		if (!verbose) {
			Logger.getLogger("").setLevel(Level.WARNING);
		}
		if (!verbose || ServiceLoader.load(SLF4JServiceProvider.class).findFirst().isEmpty()) {
			ConsoleLogger.configure(verbose);
			System.setProperty(Reporter.SLF4J_INTERNAL_VERBOSITY_KEY, "WARN");
			System.setProperty(LoggerFactory.PROVIDER_PROPERTY_KEY, ConsoleLogProvider.class.getName());
		}
	}

}

package io.kinesisspring.listener;

import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.KinesisConfigurationException;

/**
 * Translates exceptions that name options for whoever sets these by other names, such as
 * properties. Implementations must be thread-safe.
 *
 * @since 0.1.0
 * @see InvalidOptionException#translate
 */
@FunctionalInterface
public interface OptionTranslator {

	/**
	 * Translate an exception.
	 * @param listenerId the listener whose container cannot be created or started
	 * @param ex names options as the builders do
	 * @return an exception that says the same in other names
	 */
	KinesisConfigurationException translate(String listenerId, InvalidOptionException ex);

}

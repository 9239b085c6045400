package io.kinesisspring.lease;

/**
 * Makes the store of an application. Called once a container.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface LeaseStoreFactory {

	/**
	 * Make the store of an application.
	 * @param application the application's name
	 * @return its store
	 */
	LeaseStore create(String application);

}

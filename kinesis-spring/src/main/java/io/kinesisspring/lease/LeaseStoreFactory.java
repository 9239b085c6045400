package io.kinesisspring.lease;

/**
 * Creates the lease store of an application. Each container calls it once.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface LeaseStoreFactory {

	/**
	 * Create the store of an application.
	 * @param application the application's name
	 * @return its store
	 */
	LeaseStore create(String application);

}

package io.kinesisspring.boot.autoconfigure.preflight;

/**
 * A share of the check at start. Each bean of this type checks the IAM actions that its
 * part of the configuration needs, such as those of a lease store.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface PermissionCheck {

	/**
	 * Make calls that have no effect, and have each of them checked.
	 * @param application the application whose listeners are about to start
	 * @param checks collects the actions that are denied
	 */
	void check(String application, PermissionChecks checks);

}

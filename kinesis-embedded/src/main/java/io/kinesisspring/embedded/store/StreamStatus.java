package io.kinesisspring.embedded.store;

/**
 * The status of a stream or of a fan-out consumer.
 *
 * @since 0.1.0
 */
public enum StreamStatus {

	/**
	 * Not yet usable.
	 */
	CREATING,

	/**
	 * On its way out.
	 */
	DELETING,

	/**
	 * Usable.
	 */
	ACTIVE,

	/**
	 * Usable, but not to be changed.
	 */
	UPDATING

}

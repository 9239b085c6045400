package io.kinesisspring.listener;

/**
 * Changes the options of a container after all properties are applied.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface ContainerOptionsCustomizer {

	/**
	 * Change the options of a container.
	 * @param id the id of the container
	 * @param options its options
	 */
	void customize(String id, ContainerOptions.Builder options);

}

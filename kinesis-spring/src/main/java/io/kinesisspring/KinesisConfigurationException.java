package io.kinesisspring;

import org.jspecify.annotations.Nullable;

/**
 * Thrown at start when something is configured so that it cannot work. Tells what is
 * wrong and, apart, what to do about it.
 *
 * @since 0.1.0
 */
public class KinesisConfigurationException extends KinesisException {

	private static final long serialVersionUID = 1L;

	private final String description;

	private final String action;

	/**
	 * Create an exception.
	 * @param description what is wrong, naming the property or the place and its value
	 * @param action what to do about it
	 * @param cause what brought it to light, if anything
	 */
	public KinesisConfigurationException(String description, String action, @Nullable Throwable cause) {
		super(description + ". " + action, cause);
		this.description = description;
		this.action = action;
	}

	/**
	 * Create an exception without a cause.
	 * @param description what is wrong, naming the property or the place and its value
	 * @param action what to do about it
	 */
	public KinesisConfigurationException(String description, String action) {
		this(description, action, null);
	}

	/**
	 * What is wrong.
	 * @return the description
	 */
	public String getDescription() {
		return this.description;
	}

	/**
	 * What to do about it.
	 * @return the remedy
	 */
	public String getAction() {
		return this.action;
	}

}

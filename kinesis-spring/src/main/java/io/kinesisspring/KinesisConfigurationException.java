package io.kinesisspring;

import org.jspecify.annotations.Nullable;

/**
 * Thrown at the start if the configuration is invalid. It has the problem and,
 * separately, the remedy.
 *
 * @since 0.1.0
 */
public class KinesisConfigurationException extends KinesisException {

	private static final long serialVersionUID = 1L;

	private final String description;

	private final String action;

	/**
	 * Create an exception.
	 * @param description the problem, with the property or the place and its value
	 * @param action the remedy
	 * @param cause the underlying exception, if there is one
	 */
	public KinesisConfigurationException(String description, String action, @Nullable Throwable cause) {
		super(description + ". " + action, cause);
		this.description = description;
		this.action = action;
	}

	/**
	 * Create an exception without a cause.
	 * @param description the problem, with the property or the place and its value
	 * @param action the remedy
	 */
	public KinesisConfigurationException(String description, String action) {
		this(description, action, null);
	}

	/**
	 * The problem.
	 * @return the description
	 */
	public String getDescription() {
		return this.description;
	}

	/**
	 * The remedy.
	 * @return the remedy
	 */
	public String getAction() {
		return this.action;
	}

}

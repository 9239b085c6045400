package io.kinesisspring;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when the identity that the application runs as may not do what it has to.
 *
 * @since 0.1.0
 */
public class KinesisAccessDeniedException extends KinesisConfigurationException {

	private static final long serialVersionUID = 1L;

	private final IamPermission permission;

	/**
	 * Create an exception.
	 * @param description what was refused
	 * @param permission what has to be allowed
	 * @param cause what the service said, if anything
	 */
	public KinesisAccessDeniedException(String description, IamPermission permission, @Nullable Throwable cause) {
		super(description, "Allow " + permission + " for the identity that this application runs as", cause);
		this.permission = permission;
	}

	/**
	 * What has to be allowed.
	 * @return action and resource
	 */
	public IamPermission getPermission() {
		return this.permission;
	}

}

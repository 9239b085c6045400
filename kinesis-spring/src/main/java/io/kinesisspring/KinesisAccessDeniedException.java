package io.kinesisspring;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when the identity of the application lacks a permission that it needs.
 *
 * @since 0.1.0
 */
public class KinesisAccessDeniedException extends KinesisConfigurationException {

	private static final long serialVersionUID = 1L;

	private final List<IamPermission> permissions;

	/**
	 * Create an exception.
	 * @param description the denied call
	 * @param permission the missing permission
	 * @param cause the exception of the service, if there is one
	 */
	public KinesisAccessDeniedException(String description, IamPermission permission, @Nullable Throwable cause) {
		this(description, List.of(permission), cause);
	}

	/**
	 * Create an exception about several actions.
	 * @param description the denied calls
	 * @param permissions the missing permissions
	 * @param cause the exception of the service, if there is one
	 */
	public KinesisAccessDeniedException(String description, Collection<IamPermission> permissions,
			@Nullable Throwable cause) {
		super(description, "Allow "
				+ new TreeSet<>(permissions).stream().map(IamPermission::toString).collect(Collectors.joining(", "))
				+ " for the identity that this application runs as", cause);
		this.permissions = List.copyOf(permissions);
	}

	/**
	 * The missing permissions.
	 * @return actions and resources, at least one
	 */
	public List<IamPermission> getPermissions() {
		return this.permissions;
	}

}

package io.kinesisspring.error;

import java.util.Collection;
import java.util.List;

import org.springframework.util.ClassUtils;

/**
 * Finds exception classes by their names.
 *
 * @since 0.1.0
 */
public final class ExceptionTypes {

	private ExceptionTypes() {
	}

	/**
	 * Find classes, with the class loader of the current thread.
	 * @param names the full names of classes
	 * @return the classes, in this order
	 * @throws IllegalArgumentException if a name is not that of an exception class
	 */
	public static List<Class<? extends Throwable>> forNames(Collection<String> names) {
		return names.stream().<Class<? extends Throwable>>map((name) -> forName(name.trim())).toList();
	}

	private static Class<? extends Throwable> forName(String name) {
		try {
			return ClassUtils.forName(name, null).asSubclass(Throwable.class);
		}
		catch (ClassNotFoundException | LinkageError ex) {
			throw new IllegalArgumentException("there is no class '" + name + "' on the class path", ex);
		}
		catch (ClassCastException ex) {
			throw new IllegalArgumentException("'" + name + "' is not an exception", ex);
		}
	}

}

package io.kinesisspring.listener.adapter;

import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/**
 * Finds the type that several types have in common. Pure functions.
 */
final class CommonType {

	private CommonType() {
	}

	/**
	 * The most specific type of the application to which all types are assignable.
	 * @param types the types
	 * @return the common type, {@code null} if there is none or more than one
	 */
	static @Nullable Class<?> of(Collection<Class<?>> types) {
		if (types.isEmpty()) {
			return null;
		}
		List<Class<?>> common = supertypes(types.iterator().next()).stream()
			.filter((candidate) -> types.size() == 1 || !candidate.getName().startsWith("java."))
			.filter((candidate) -> types.stream().allMatch(candidate::isAssignableFrom))
			.toList();
		List<Class<?>> mostSpecific = common.stream()
			.filter((candidate) -> common.stream()
				.noneMatch((other) -> other != candidate && candidate.isAssignableFrom(other)))
			.toList();
		return (mostSpecific.size() == 1) ? mostSpecific.get(0) : null;
	}

	/**
	 * Whether an object may be an instance of both types.
	 */
	static boolean mayHaveInstances(Class<?> one, Class<?> other) {
		if (one.isAssignableFrom(other) || other.isAssignableFrom(one)) {
			return true;
		}
		boolean anyInterface = one.isInterface() || other.isInterface();
		return anyInterface && !Modifier.isFinal(one.getModifiers()) && !Modifier.isFinal(other.getModifiers());
	}

	private static Set<Class<?>> supertypes(Class<?> type) {
		Set<Class<?>> supertypes = new LinkedHashSet<>(ClassUtils.getAllInterfacesForClassAsSet(type));
		for (Class<?> each = type; each != null; each = each.getSuperclass()) {
			supertypes.add(each);
		}
		return supertypes;
	}

}

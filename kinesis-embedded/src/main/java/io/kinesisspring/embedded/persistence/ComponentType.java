package io.kinesisspring.embedded.persistence;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The type of a component of a record.
 *
 * @param raw the class
 * @param element the type of the elements of a list or set, or of the values of a map
 */
record ComponentType(Class<?> raw, Type element) {

	static ComponentType of(Type type) {
		if (type instanceof ParameterizedType generic) {
			Type[] arguments = generic.getActualTypeArguments();
			return new ComponentType((Class<?>) generic.getRawType(), arguments[arguments.length - 1]);
		}
		return new ComponentType((Class<?>) type, Object.class);
	}

	boolean isRecord() {
		return this.raw.isRecord();
	}

	boolean isMap() {
		return this.raw == Map.class;
	}

	boolean isCollection() {
		return this.raw == List.class || isSet();
	}

	private boolean isSet() {
		return this.raw == Set.class;
	}

	Collection<@Nullable Object> newCollection() {
		return isSet() ? new LinkedHashSet<>() : new ArrayList<>();
	}

	/**
	 * Return what a component without a value has.
	 */
	@Nullable Object empty() {
		if (isMap()) {
			return Map.of();
		}
		if (isCollection()) {
			return isSet() ? Set.of() : List.of();
		}
		if (this.raw == boolean.class) {
			return false;
		}
		return this.raw.isPrimitive() ? parse("0") : null;
	}

	Object parse(String text) {
		try {
			if (this.raw == boolean.class || this.raw == Boolean.class) {
				return Boolean.valueOf(text);
			}
			if (this.raw == int.class || this.raw == Integer.class) {
				return Integer.valueOf(text);
			}
			if (this.raw == long.class || this.raw == Long.class) {
				return Long.valueOf(text);
			}
			if (this.raw == double.class || this.raw == Double.class) {
				return Double.valueOf(text);
			}
			if (this.raw == Duration.class) {
				return Duration.parse(text);
			}
			if (this.raw == Instant.class) {
				return Instant.parse(text);
			}
		}
		catch (NumberFormatException | DateTimeParseException ex) {
			throw new IllegalArgumentException("it has '" + text + "' where a " + this + " should be", ex);
		}
		if (this.raw.isEnum()) {
			return constant(text);
		}
		if (this.raw != String.class) {
			throw new IllegalStateException("Components of the type " + this + " are not supported");
		}
		return text;
	}

	private Object constant(String name) {
		return Stream.of(this.raw.getEnumConstants())
			.filter((constant) -> ((Enum<?>) constant).name().equals(name))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("it has '" + name + "' where a " + this + " should be"));
	}

	@Override
	public String toString() {
		return this.raw.getSimpleName();
	}

}

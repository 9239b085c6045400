package io.kinesisspring.avro;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.AlwaysRetryable;
import io.kinesisspring.KinesisConfigurationException;

/**
 * Thrown if a class that a payload needs cannot be used: it is missing, or Avro does not
 * trust it. This says nothing about the record, which is delivered again.
 */
final class AvroClassException extends KinesisConfigurationException implements AlwaysRetryable {

	private static final long serialVersionUID = 1L;

	AvroClassException(String description, String action, @Nullable Throwable cause) {
		super(description, action, cause);
	}

	static AvroClassException untrusted(Class<?> type, SecurityException cause) {
		return new AvroClassException(
				"A payload of type '" + type.getName()
						+ "' needs a class that Avro does not trust, besides those that Avro has generated: "
						+ cause.getMessage(),
				"Name the class in the system property org.apache.avro.SERIALIZABLE_CLASSES", cause);
	}

	static AvroClassException missing(Class<?> type, String name) {
		return new AvroClassException(
				"The schema of '" + type.getName() + "' has the type '" + name + "', for which there is no class",
				"Let Avro generate the classes of all types of the schema, and put them on the class path", null);
	}

	static AvroClassException unusable(Class<?> type, String name, RuntimeException cause) {
		return new AvroClassException(
				"The schema of '" + type.getName() + "' has the type '" + name
						+ "', whose class cannot be created without arguments",
				"Let Avro generate the class, or add a constructor without parameters", cause);
	}

	static AvroClassException broken(Class<?> type, LinkageError cause) {
		return new AvroClassException("'" + type.getName() + "' cannot be used: " + cause,
				"Put all classes that Avro has generated for its schema on the class path", cause);
	}

	static AvroClassException notGenerated(Class<?> type, String name, Class<?> found) {
		return new AvroClassException(
				"The schema of '" + type.getName() + "' has the type '" + name + "', but Avro has not generated '"
						+ found.getName() + "'",
				"Let Avro generate the classes of all types of the schema, and put them on the class path", null);
	}

}

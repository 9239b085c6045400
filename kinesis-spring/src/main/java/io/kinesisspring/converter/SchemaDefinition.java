package io.kinesisspring.converter;

import org.springframework.util.Assert;

/**
 * The schema of a payload. Immutable.
 *
 * @param format the language of the schema
 * @param name the name of the type that the schema describes, or of the schema
 * @param text the schema in that language
 * @since 0.1.0
 */
public record SchemaDefinition(Format format, String name, String text) {

	public SchemaDefinition {
		Assert.hasText(name, "'name' must not be empty");
		Assert.hasText(text, "'text' must not be empty");
	}

	/**
	 * A language of schemas.
	 */
	public enum Format {

		/** Apache Avro. */
		AVRO,

		/** JSON Schema. */
		JSON,

		/** Protocol Buffers. */
		PROTOBUF

	}

}

package io.kinesisspring.glue;

import io.kinesisspring.converter.RecordDestination;
import io.kinesisspring.converter.SchemaDefinition;

/**
 * Names the schemas of payloads that are sent, as a registry knows them. Implementations
 * must be thread-safe and quick: they are called for each record.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface SchemaNaming {

	/**
	 * The name of the schema of a payload.
	 * @param schema the schema
	 * @param destination where the payload is sent
	 * @return the name
	 */
	String schemaName(SchemaDefinition schema, RecordDestination destination);

	/**
	 * Names schemas after their streams, as AWS's own library does. All payloads of a
	 * stream then have versions of one schema.
	 * @return the naming
	 */
	static SchemaNaming byStream() {
		return (schema, destination) -> destination.stream().substring(destination.stream().lastIndexOf('/') + 1);
	}

	/**
	 * Names schemas after the types that they describe, such as
	 * {@code com.example.Order}. A stream may then have payloads of several types.
	 * @return the naming
	 */
	static SchemaNaming byType() {
		return (schema, destination) -> schema.name();
	}

}

package io.kinesisspring.converter;

/**
 * Keeps the schemas with which payloads are written, and puts in front of each payload
 * which of them it has. Calls may block until the registry answers, so they are made on
 * the threads that send and that call listeners. Implementations must be thread-safe.
 *
 * @since 0.1.0
 */
public interface SchemaRegistry {

	/**
	 * Put the id of a schema in front of a payload.
	 * @param payload the payload, in the format of the schema
	 * @param schema the schema
	 * @param destination where the payload is sent
	 * @return the data of the record
	 * @throws RecordConversionException if the registry does not have the schema, or
	 * refuses it
	 * @throws SchemaRegistryUnavailableException if the registry gives no answer
	 */
	byte[] encode(byte[] payload, SchemaDefinition schema, RecordDestination destination);

	/**
	 * Find the schema of a payload.
	 * @param data the data of a record
	 * @return the payload and its schema
	 * @throws RecordConversionException if the data names no schema, or one that the
	 * registry does not know
	 * @throws SchemaRegistryUnavailableException if the registry gives no answer
	 */
	RegisteredPayload decode(byte[] data);

	/**
	 * A payload with the schema with which it was written.
	 *
	 * @param schemaId identifies the schema in its registry
	 * @param schema the schema
	 * @param payload the payload, in the format of the schema
	 */
	record RegisteredPayload(String schemaId, SchemaDefinition schema, byte[] payload) {

	}

}

package io.kinesisspring.avro;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;

import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.message.SchemaStore;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ConcurrentLruCache;

import io.kinesisspring.converter.RecordConversionException;

/**
 * Avro's single-object encoding: two bytes, the fingerprint of the schema in
 * little-endian order, the record. Thread-safe.
 */
final class SingleObjects {

	static final int HEADER_LENGTH = 10;

	private static final byte MARKER = (byte) 0xC3;

	private static final byte VERSION = 1;

	private final SchemaStore.Cache schemas = new SchemaStore.Cache();

	private final ConcurrentLruCache<Schema, Long> fingerprints = new ConcurrentLruCache<>(256,
			SchemaNormalization::parsingFingerprint64);

	SingleObjects(Collection<Schema> schemas) {
		schemas.forEach(this.schemas::addSchema);
	}

	/**
	 * Put the header in front of a record.
	 */
	byte[] seal(byte[] binary, Schema schema) {
		return ByteBuffer.allocate(HEADER_LENGTH + binary.length)
			.order(ByteOrder.LITTLE_ENDIAN)
			.put(MARKER)
			.put(VERSION)
			.putLong(this.fingerprints.get(schema))
			.put(binary)
			.array();
	}

	/**
	 * Find the schema with which data was written.
	 * @param expected the schema of the parameter's class, if it has one
	 * @throws RecordConversionException if the data has no header or an unknown schema
	 */
	Schema schemaOf(byte[] data, @Nullable Schema expected) {
		if (data.length < HEADER_LENGTH || data[0] != MARKER || data[1] != VERSION) {
			throw new RecordConversionException("Cannot read " + data.length
					+ " bytes as an Avro record: they do not have the single-object encoding", null);
		}
		long fingerprint = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).getLong(2);
		if (expected != null && this.fingerprints.get(expected) == fingerprint) {
			return expected;
		}
		Schema schema = this.schemas.findByFingerprint(fingerprint);
		if (schema == null) {
			throw new RecordConversionException("Cannot read " + data.length
					+ " bytes as an Avro record: no schema has the fingerprint " + Long.toHexString(fingerprint)
					+ ". Add the schema with which it was written to 'kinesis.avro.schemas'", null);
		}
		return schema;
	}

}

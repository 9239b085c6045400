package io.kinesisspring.glue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.converter.RecordConversionException;

/**
 * The 18 bytes in front of each payload: the version of the header, whether the payload
 * is compressed, and the id of the version of its schema. Thread-safe.
 *
 * @param compressed whether payloads are compressed
 * @param maxPayloadBytes how large a payload may become when it is decompressed
 */
record WireFormat(boolean compressed, int maxPayloadBytes) {

	static final int HEADER_LENGTH = 18;

	private static final byte HEADER_VERSION = 3;

	private static final byte NOT_COMPRESSED = 0;

	private static final byte ZLIB = 5;

	private static final int BUFFER_LENGTH = 8192;

	byte[] write(UUID schemaVersion, byte[] payload) {
		byte[] content = this.compressed ? deflate(payload) : payload;
		return ByteBuffer.allocate(HEADER_LENGTH + content.length)
			.put(HEADER_VERSION)
			.put(this.compressed ? ZLIB : NOT_COMPRESSED)
			.putLong(schemaVersion.getMostSignificantBits())
			.putLong(schemaVersion.getLeastSignificantBits())
			.put(content)
			.array();
	}

	/**
	 * Return the id of the version of a payload's schema.
	 * @throws RecordConversionException if the data does not have the header
	 */
	static UUID schemaVersion(byte[] data) {
		if (data.length < HEADER_LENGTH || data[0] != HEADER_VERSION
				|| (data[1] != NOT_COMPRESSED && data[1] != ZLIB)) {
			throw new RecordConversionException("Cannot read " + data.length
					+ " bytes: they do not begin with the header of the Glue Schema Registry", null);
		}
		ByteBuffer buffer = ByteBuffer.wrap(data, 2, 16);
		return new UUID(buffer.getLong(), buffer.getLong());
	}

	/**
	 * Return the payload behind the header.
	 * @throws RecordConversionException if it cannot be decompressed
	 */
	byte[] payload(byte[] data) {
		return (data[1] == ZLIB) ? inflate(data) : Arrays.copyOfRange(data, HEADER_LENGTH, data.length);
	}

	private static byte[] deflate(byte[] payload) {
		Deflater deflater = new Deflater();
		try {
			deflater.setInput(payload);
			deflater.finish();
			ByteArrayOutputStream out = new ByteArrayOutputStream(payload.length / 2 + 64);
			byte[] buffer = new byte[BUFFER_LENGTH];
			while (!deflater.finished()) {
				out.write(buffer, 0, deflater.deflate(buffer));
			}
			return out.toByteArray();
		}
		finally {
			deflater.end();
		}
	}

	/**
	 * A few bytes can become gigabytes, so that the length is limited while it grows.
	 */
	private byte[] inflate(byte[] data) {
		Inflater inflater = new Inflater();
		try {
			inflater.setInput(data, HEADER_LENGTH, data.length - HEADER_LENGTH);
			ByteArrayOutputStream out = new ByteArrayOutputStream(BUFFER_LENGTH);
			byte[] buffer = new byte[BUFFER_LENGTH];
			while (!inflater.finished()) {
				int count = inflater.inflate(buffer);
				if (count == 0 && !inflater.finished()) {
					throw broken(data.length, null);
				}
				if (count > this.maxPayloadBytes - out.size()) {
					throw new RecordConversionException("Cannot read " + data.length
							+ " bytes: decompressed they have more than " + this.maxPayloadBytes
							+ " bytes, the limit that 'kinesis.glue.max-payload-size' sets", null);
				}
				out.write(buffer, 0, count);
			}
			return out.toByteArray();
		}
		catch (DataFormatException ex) {
			throw broken(data.length, ex);
		}
		finally {
			inflater.end();
		}
	}

	private static RecordConversionException broken(int length, @Nullable Exception cause) {
		return new RecordConversionException("Cannot read " + length + " bytes: they cannot be decompressed", cause);
	}

}

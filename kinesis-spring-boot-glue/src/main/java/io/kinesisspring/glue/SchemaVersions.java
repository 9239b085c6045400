package io.kinesisspring.glue;

import java.util.UUID;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.springframework.util.ConcurrentLruCache;
import software.amazon.awssdk.services.glue.GlueAsyncClient;
import software.amazon.awssdk.services.glue.model.DataFormat;
import software.amazon.awssdk.services.glue.model.EntityNotFoundException;
import software.amazon.awssdk.services.glue.model.GetSchemaVersionResponse;
import software.amazon.awssdk.services.glue.model.InvalidInputException;
import software.amazon.awssdk.services.glue.model.SchemaVersionStatus;

import io.kinesisspring.converter.RecordConversionException;
import io.kinesisspring.converter.SchemaDefinition;
import io.kinesisspring.converter.SchemaDefinition.Format;
import io.kinesisspring.converter.SchemaRegistryUnavailableException;

/**
 * The schemas with which payloads were written, by the ids of their versions. A version
 * never changes, so it is asked for once. Thread-safe.
 */
final class SchemaVersions {

	private static final int CACHE_SIZE = 1000;

	/** How long a version is not asked for again that Glue does not know. */
	private static final long UNKNOWN_NANOS = 10_000_000_000L;

	private final ConcurrentLruCache<UUID, SchemaDefinition> definitions = new ConcurrentLruCache<>(CACHE_SIZE,
			this::load);

	private final GlueAsyncClient client;

	private final LongSupplier nanoTime;

	private volatile @Nullable Unknown lastUnknown;

	/**
	 * Create a cache.
	 * @param client the client
	 * @param nanoTime tells the time, like {@link System#nanoTime()}
	 */
	SchemaVersions(GlueAsyncClient client, LongSupplier nanoTime) {
		this.client = client;
		this.nanoTime = nanoTime;
	}

	/**
	 * Return a schema.
	 * @throws RecordConversionException if there is no such version
	 * @throws SchemaRegistryUnavailableException if Glue gives no answer
	 */
	SchemaDefinition get(UUID version) {
		Unknown unknown = this.lastUnknown;
		if (unknown != null && unknown.version().equals(version)
				&& this.nanoTime.getAsLong() - unknown.since() < UNKNOWN_NANOS) {
			throw unknown.toException();
		}
		return this.definitions.get(version);
	}

	private SchemaDefinition load(UUID version) {
		String subject = "the schema version '" + version + "'";
		GetSchemaVersionResponse response;
		try {
			response = GlueCalls.await("glue:GetSchemaVersion", subject,
					() -> this.client.getSchemaVersion((request) -> request.schemaVersionId(version.toString())));
		}
		catch (EntityNotFoundException | InvalidInputException ex) {
			throw unknown(version, "does not exist in this account and region");
		}
		if (response.status() == SchemaVersionStatus.PENDING) {
			throw new SchemaRegistryUnavailableException(
					"The Glue Schema Registry is still checking " + subject + ". It has the status PENDING", null);
		}
		if (response.status() == SchemaVersionStatus.FAILURE) {
			throw unknown(version, "has the status FAILURE");
		}
		return definition(version, response);
	}

	private SchemaDefinition definition(UUID version, GetSchemaVersionResponse response) {
		String text = response.schemaDefinition();
		DataFormat format = response.dataFormat();
		if (text == null || text.isEmpty() || format == null) {
			throw new SchemaRegistryUnavailableException(
					"The Glue Schema Registry has answered without the definition of '" + version + "'", null);
		}
		return new SchemaDefinition(format(version, format), version.toString(), text);
	}

	private Format format(UUID version, DataFormat format) {
		return switch (format) {
			case AVRO -> Format.AVRO;
			case JSON -> Format.JSON;
			case PROTOBUF -> Format.PROTOBUF;
			default -> throw unknown(version, "has a format that this version of the AWS SDK does not know");
		};
	}

	/**
	 * Records that name a version that Glue does not know often come in numbers.
	 */
	private RecordConversionException unknown(UUID version, String reason) {
		Unknown unknown = new Unknown(version, reason, this.nanoTime.getAsLong());
		this.lastUnknown = unknown;
		return unknown.toException();
	}

	/**
	 * A version with which no payload can be read.
	 *
	 * @param version its id
	 * @param reason what is wrong with it
	 * @param since when Glue said so
	 */
	private record Unknown(UUID version, String reason, long since) {

		RecordConversionException toException() {
			return new RecordConversionException("The schema version '" + this.version
					+ "', which the record names in the Glue Schema Registry, " + this.reason, null);
		}

	}

}

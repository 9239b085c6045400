package io.kinesisspring.glue;

import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ConcurrentLruCache;
import software.amazon.awssdk.services.glue.GlueAsyncClient;
import software.amazon.awssdk.services.glue.model.AlreadyExistsException;
import software.amazon.awssdk.services.glue.model.CreateSchemaResponse;
import software.amazon.awssdk.services.glue.model.DataFormat;
import software.amazon.awssdk.services.glue.model.EntityNotFoundException;
import software.amazon.awssdk.services.glue.model.GetSchemaByDefinitionResponse;
import software.amazon.awssdk.services.glue.model.InvalidInputException;
import software.amazon.awssdk.services.glue.model.RegisterSchemaVersionResponse;
import software.amazon.awssdk.services.glue.model.SchemaId;
import software.amazon.awssdk.services.glue.model.SchemaVersionStatus;

import io.kinesisspring.converter.RecordConversionException;
import io.kinesisspring.converter.SchemaDefinition;
import io.kinesisspring.converter.SchemaRegistryUnavailableException;

/**
 * The ids of the versions of schemas with which payloads are written. Registers schemas
 * that are missing if the options say so. Thread-safe.
 */
final class SchemaRegistrations {

	private static final Log logger = LogFactory.getLog(SchemaRegistrations.class);

	private static final int CACHE_SIZE = 1000;

	/** How often the status of a version is asked for that Glue is checking. */
	private static final long POLL_MILLIS = 250;

	private static final int POLLS = 40;

	private final ConcurrentLruCache<NamedSchema, UUID> versions = new ConcurrentLruCache<>(CACHE_SIZE, this::find);

	private final GlueAsyncClient client;

	private final GlueSchemaRegistryOptions options;

	SchemaRegistrations(GlueAsyncClient client, GlueSchemaRegistryOptions options) {
		this.client = client;
		this.options = options;
	}

	/**
	 * Return the id of the version that has a definition.
	 * @throws RecordConversionException if there is none, or Glue has refused it
	 * @throws SchemaRegistryUnavailableException if Glue gives no answer
	 */
	UUID get(String name, SchemaDefinition schema) {
		return this.versions.get(new NamedSchema(name, schema));
	}

	private UUID find(NamedSchema schema) {
		try {
			GetSchemaByDefinitionResponse found = GlueCalls.await("glue:GetSchemaByDefinition", describe(schema),
					() -> this.client.getSchemaByDefinition(
							(request) -> request.schemaId(id(schema)).schemaDefinition(schema.definition().text())));
			return available(schema, found.schemaVersionId(), found.status());
		}
		catch (EntityNotFoundException ex) {
			if (this.options.autoRegister()) {
				return register(schema);
			}
			throw new RecordConversionException("The registry '" + this.options.registryName()
					+ "' has no version of the schema '" + schema.name()
					+ "' with the definition of the payload that is sent. Register it, or set 'kinesis.glue.auto-register'",
					null);
		}
		catch (InvalidInputException ex) {
			throw refused(schema, ex);
		}
	}

	private UUID register(NamedSchema schema) {
		try {
			return registerOrCreate(schema);
		}
		catch (InvalidInputException ex) {
			throw refused(schema, ex);
		}
	}

	private UUID registerOrCreate(NamedSchema schema) {
		try {
			return registerVersion(schema);
		}
		catch (EntityNotFoundException noSchema) {
			try {
				return create(schema);
			}
			catch (AlreadyExistsException createdMeanwhile) {
				return registerVersion(schema);
			}
			catch (EntityNotFoundException noRegistry) {
				throw new RecordConversionException("There is no registry '" + this.options.registryName()
						+ "'. Create it, or correct 'kinesis.glue.registry-name'", noRegistry);
			}
		}
	}

	private UUID registerVersion(NamedSchema schema) {
		RegisterSchemaVersionResponse registered = GlueCalls.await("glue:RegisterSchemaVersion", describe(schema),
				() -> this.client.registerSchemaVersion(
						(request) -> request.schemaId(id(schema)).schemaDefinition(schema.definition().text())));
		UUID version = available(schema, registered.schemaVersionId(), registered.status());
		logger.info("Registered version '" + version + "' of the schema '" + schema.name() + "' in the registry '"
				+ this.options.registryName() + "'");
		return version;
	}

	private UUID create(NamedSchema schema) {
		CreateSchemaResponse created = GlueCalls.await("glue:CreateSchema", describe(schema),
				() -> this.client.createSchema((request) -> request
					.registryId((registry) -> registry.registryName(this.options.registryName()))
					.schemaName(schema.name())
					.dataFormat(dataFormat(schema.definition()))
					.compatibility(this.options.compatibility())
					.schemaDefinition(schema.definition().text())));
		UUID version = available(schema, created.schemaVersionId(), created.schemaVersionStatus());
		logger.info("Created the schema '" + schema.name() + "' with the version '" + version + "' in the registry '"
				+ this.options.registryName() + "'");
		return version;
	}

	private UUID available(NamedSchema schema, @Nullable String version, @Nullable SchemaVersionStatus status) {
		if (version == null) {
			throw new SchemaRegistryUnavailableException(
					"The Glue Schema Registry has answered without the version of " + describe(schema), null);
		}
		GlueCalls.await("glue:GetSchemaVersion", describe(schema), () -> checked(schema, version, status, POLLS));
		return UUID.fromString(version);
	}

	/**
	 * Glue checks versions while it has the status PENDING. Nothing blocks meanwhile but
	 * the sender.
	 */
	private CompletableFuture<SchemaVersionStatus> checked(NamedSchema schema, String version,
			@Nullable SchemaVersionStatus status, int polls) {
		if (status == SchemaVersionStatus.AVAILABLE) {
			return CompletableFuture.completedFuture(status);
		}
		if (status != SchemaVersionStatus.PENDING) {
			return CompletableFuture.failedFuture(new RecordConversionException("The Glue Schema Registry has refused "
					+ describe(schema) + ": its version '" + version + "' has the status " + status
					+ ". Change it so that it is compatible with its last version", null));
		}
		if (polls == 0) {
			return CompletableFuture.failedFuture(new SchemaRegistryUnavailableException(
					"The Glue Schema Registry is still checking " + describe(schema) + ", version '" + version + "'",
					null));
		}
		return new CompletableFuture<@Nullable Void>().completeOnTimeout(null, POLL_MILLIS, TimeUnit.MILLISECONDS)
			.thenCompose((pause) -> this.client.getSchemaVersion((request) -> request.schemaVersionId(version)))
			.thenCompose((response) -> checked(schema, version, response.status(), polls - 1));
	}

	private RecordConversionException refused(NamedSchema schema, InvalidInputException ex) {
		return new RecordConversionException("The Glue Schema Registry has refused " + describe(schema)
				+ ". Correct the schema, or the name that it has in the registry: " + ex.getMessage(), ex);
	}

	private SchemaId id(NamedSchema schema) {
		return SchemaId.builder().registryName(this.options.registryName()).schemaName(schema.name()).build();
	}

	private static DataFormat dataFormat(SchemaDefinition schema) {
		return switch (schema.format()) {
			case AVRO -> DataFormat.AVRO;
			case JSON -> DataFormat.JSON;
			case PROTOBUF -> DataFormat.PROTOBUF;
		};
	}

	private String describe(NamedSchema schema) {
		return "the schema '" + schema.name() + "' in the registry '" + this.options.registryName() + "'";
	}

	/**
	 * A schema with the name that it has in the registry.
	 *
	 * @param name the name
	 * @param definition the schema
	 */
	private record NamedSchema(String name, SchemaDefinition definition) {

	}

}

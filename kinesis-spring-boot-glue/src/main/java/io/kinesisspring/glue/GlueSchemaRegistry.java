package io.kinesisspring.glue;

import java.util.UUID;

import org.springframework.util.Assert;
import software.amazon.awssdk.services.glue.GlueAsyncClient;

import io.kinesisspring.converter.RecordDestination;
import io.kinesisspring.converter.SchemaDefinition;
import io.kinesisspring.converter.SchemaRegistry;

/**
 * AWS Glue Schema Registry. Reads what AWS's own library has written, and writes what it
 * reads. Each version of a schema is asked for once. Thread-safe.
 * <p>
 * A record that names no version, or one that does not exist or that Glue has refused, is
 * a {@link io.kinesisspring.converter.RecordConversionException}. If Glue throttles,
 * denies access, cannot be reached or has not yet checked a version, that is a
 * {@link io.kinesisspring.converter.SchemaRegistryUnavailableException}.
 *
 * @since 0.1.0
 */
public final class GlueSchemaRegistry implements SchemaRegistry {

	private final GlueSchemaRegistryOptions options;

	private final WireFormat wireFormat;

	private final SchemaVersions versions;

	private final SchemaRegistrations registrations;

	/**
	 * Create a registry.
	 * @param client the client, which is not closed
	 * @param options the options
	 */
	public GlueSchemaRegistry(GlueAsyncClient client, GlueSchemaRegistryOptions options) {
		Assert.notNull(client, "'client' must not be null");
		Assert.notNull(options, "'options' must not be null");
		this.options = options;
		this.wireFormat = new WireFormat(options.compressed(), options.maxPayloadBytes());
		this.versions = new SchemaVersions(client, System::nanoTime);
		this.registrations = new SchemaRegistrations(client, options);
	}

	@Override
	public byte[] encode(byte[] payload, SchemaDefinition schema, RecordDestination destination) {
		String name = this.options.naming().schemaName(schema, destination);
		return this.wireFormat.write(this.registrations.get(name, schema), payload);
	}

	@Override
	public RegisteredPayload decode(byte[] data) {
		UUID version = WireFormat.schemaVersion(data);
		SchemaDefinition schema = this.versions.get(version);
		return new RegisteredPayload(version.toString(), schema, this.wireFormat.payload(data));
	}

}

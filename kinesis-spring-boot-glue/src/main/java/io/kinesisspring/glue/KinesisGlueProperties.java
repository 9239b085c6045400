package io.kinesisspring.glue;

import java.net.URI;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import software.amazon.awssdk.services.glue.model.Compatibility;

/**
 * Properties of the Glue Schema Registry.
 *
 * @param enabled whether the Glue Schema Registry is used
 * @param endpoint URL of the Glue endpoint. Default: the endpoint of the region
 * @param registryName name of the registry whose schemas are written
 * @param schemaName what schemas are named after, unless there is a SchemaNaming bean
 * @param autoRegister whether schemas that the registry does not have are registered when
 * they are first written
 * @param compatibility which changes the registry accepts in schemas that are created
 * @param compression how payloads are compressed. All are read
 * @param maxPayloadSize how large a payload may become when it is decompressed
 * @since 0.1.0
 */
@ConfigurationProperties("kinesis.glue")
public record KinesisGlueProperties(@DefaultValue("true") boolean enabled, @Nullable URI endpoint,
		@DefaultValue(GlueSchemaRegistryOptions.DEFAULT_REGISTRY_NAME) String registryName,
		@DefaultValue("stream") SchemaName schemaName, @DefaultValue("false") boolean autoRegister,
		@DefaultValue("backward") Compatibility compatibility, @DefaultValue("none") Compression compression,
		@DefaultValue("64MB") DataSize maxPayloadSize) {

	/**
	 * What a schema is named after.
	 */
	public enum SchemaName {

		/** The stream to which the payload is sent. */
		STREAM,

		/** The type that the schema describes. */
		TYPE

	}

	/**
	 * How payloads are compressed.
	 */
	public enum Compression {

		/** Not at all. */
		NONE,

		/** With zlib. */
		ZLIB

	}

}

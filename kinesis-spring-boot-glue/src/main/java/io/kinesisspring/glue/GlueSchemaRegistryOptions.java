package io.kinesisspring.glue;

import org.springframework.util.Assert;
import software.amazon.awssdk.services.glue.model.Compatibility;

/**
 * Options of a {@link GlueSchemaRegistry}. Immutable.
 *
 * @param registryName the name of the registry whose schemas are written
 * @param naming names the schemas that are written
 * @param autoRegister whether schemas that the registry does not have are registered when
 * they are first written
 * @param compatibility which changes the registry accepts in schemas that are created
 * @param compressed whether payloads are compressed with zlib
 * @param maxPayloadBytes how large a payload may become when it is decompressed
 * @since 0.1.0
 */
public record GlueSchemaRegistryOptions(String registryName, SchemaNaming naming, boolean autoRegister,
		Compatibility compatibility, boolean compressed, int maxPayloadBytes) {

	/** The registry that Glue has by default. */
	public static final String DEFAULT_REGISTRY_NAME = "default-registry";

	private static final int DEFAULT_MAX_PAYLOAD_BYTES = 64 << 20;

	public GlueSchemaRegistryOptions {
		Assert.hasText(registryName, "'registryName' must not be empty");
		Assert.notNull(naming, "'naming' must not be null");
		Assert.notNull(compatibility, "'compatibility' must not be null");
		Assert.isTrue(maxPayloadBytes > 0, "'maxPayloadBytes' must be positive");
	}

	/**
	 * The default options: the default registry, schemas named after streams, nothing
	 * registered, nothing compressed, payloads of up to 64 MB.
	 * @return the options
	 */
	public static GlueSchemaRegistryOptions defaults() {
		return new GlueSchemaRegistryOptions(DEFAULT_REGISTRY_NAME, SchemaNaming.byStream(), false,
				Compatibility.BACKWARD, false, DEFAULT_MAX_PAYLOAD_BYTES);
	}

}

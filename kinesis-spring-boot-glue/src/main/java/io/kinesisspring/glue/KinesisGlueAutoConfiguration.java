package io.kinesisspring.glue;

import java.net.URI;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.util.unit.DataSize;
import software.amazon.awssdk.services.glue.GlueAsyncClient;
import software.amazon.awssdk.services.glue.model.Compatibility;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.boot.autoconfigure.client.AwsClientFactory;
import io.kinesisspring.boot.autoconfigure.client.KinesisClientAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.client.KinesisConnectionDetails;
import io.kinesisspring.boot.autoconfigure.client.LocalEndpoint;
import io.kinesisspring.boot.autoconfigure.converter.KinesisConverterAutoConfiguration;
import io.kinesisspring.converter.SchemaRegistry;
import io.kinesisspring.glue.KinesisGlueProperties.Compression;
import io.kinesisspring.glue.KinesisGlueProperties.SchemaName;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} of the Glue Schema Registry. The converters of payloads use it. A
 * {@link SchemaRegistry} bean of the application replaces it.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = KinesisClientAutoConfiguration.class, before = KinesisConverterAutoConfiguration.class)
@ConditionalOnClass(GlueAsyncClient.class)
@ConditionalOnBooleanProperty(name = { "kinesis.enabled", "kinesis.glue.enabled" }, matchIfMissing = true)
@ConditionalOnMissingBean(SchemaRegistry.class)
@EnableConfigurationProperties(KinesisGlueProperties.class)
public final class KinesisGlueAutoConfiguration {

	static final String CLIENT_BEAN_NAME = "kinesisGlueAsyncClient";

	private static final Log logger = LogFactory.getLog(KinesisGlueAutoConfiguration.class);

	KinesisGlueAutoConfiguration() {
	}

	@Lazy
	@Bean(name = CLIENT_BEAN_NAME, defaultCandidate = false)
	@ConditionalOnMissingBean(name = CLIENT_BEAN_NAME)
	GlueAsyncClient kinesisGlueAsyncClient(KinesisGlueProperties properties, AwsClientFactory clientFactory,
			KinesisConnectionDetails connectionDetails) {
		URI endpoint = properties.endpoint();
		if (endpoint == null && LocalEndpoint.isLocal(connectionDetails.getEndpoint())) {
			logger.warn("kinesis.endpoint is '" + connectionDetails.getEndpoint()
					+ "', a server on this machine, and kinesis.glue.endpoint is not set: schemas are read from AWS. Set kinesis.glue.endpoint, or kinesis.glue.enabled=false");
		}
		return clientFactory.createForSchemas(GlueAsyncClient.builder(), endpoint);
	}

	@Bean
	GlueSchemaRegistry kinesisGlueSchemaRegistry(KinesisGlueProperties properties,
			ObjectProvider<GlueAsyncClient> applicationClient,
			@Qualifier(CLIENT_BEAN_NAME) ObjectProvider<GlueAsyncClient> client, ObjectProvider<SchemaNaming> naming) {
		return new GlueSchemaRegistry(applicationClient.getIfUnique(client::getObject),
				options(properties, naming.getIfUnique(() -> naming(properties.schemaName()))));
	}

	private static SchemaNaming naming(SchemaName name) {
		return switch (name) {
			case STREAM -> SchemaNaming.byStream();
			case TYPE -> SchemaNaming.byType();
		};
	}

	private static GlueSchemaRegistryOptions options(KinesisGlueProperties properties, SchemaNaming naming) {
		if (properties.registryName().isBlank()) {
			throw new KinesisConfigurationException("kinesis.glue.registry-name is empty",
					"Set it to the name of a registry, or remove it to use the default registry");
		}
		if (properties.compatibility() == Compatibility.UNKNOWN_TO_SDK_VERSION) {
			throw new KinesisConfigurationException("kinesis.glue.compatibility is 'unknown_to_sdk_version'",
					"Set it to a mode that Glue has, such as 'backward'");
		}
		return new GlueSchemaRegistryOptions(properties.registryName(), naming, properties.autoRegister(),
				properties.compatibility(), properties.compression() == Compression.ZLIB,
				bytes(properties.maxPayloadSize()));
	}

	private static int bytes(DataSize size) {
		long bytes = size.toBytes();
		if (bytes < 1 || bytes > Integer.MAX_VALUE / 2) {
			throw new KinesisConfigurationException("kinesis.glue.max-payload-size is " + bytes + " bytes",
					"Set it to a size between 1B and 1GB");
		}
		return (int) bytes;
	}

}

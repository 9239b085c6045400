package io.kinesisspring.avro;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.ResourcePatternResolver;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.boot.autoconfigure.converter.KinesisConverterAutoConfiguration;
import io.kinesisspring.converter.SchemaRegistry;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} of Avro payloads: with the {@link SchemaRegistry} bean if there is
 * one, and with schemas on the class path otherwise.
 *
 * @since 0.1.0
 */
@AutoConfiguration(before = KinesisConverterAutoConfiguration.class)
@ConditionalOnClass(IndexedRecord.class)
@ConditionalOnBooleanProperty(name = "kinesis.enabled", matchIfMissing = true)
@EnableConfigurationProperties(KinesisAvroProperties.class)
public final class KinesisAvroAutoConfiguration {

	KinesisAvroAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	AvroPayloadConverter kinesisAvroPayloadConverter(KinesisAvroProperties properties,
			ObjectProvider<SchemaRegistry> registry, ResourcePatternResolver resources) throws IOException {
		SchemaRegistry unique = registry.getIfAvailable();
		return new AvroPayloadConverter(unique, (unique != null) ? List.of() : schemas(properties, resources));
	}

	private static List<Schema> schemas(KinesisAvroProperties properties, ResourcePatternResolver resources)
			throws IOException {
		List<Schema> schemas = new ArrayList<>();
		for (String location : properties.schemas()) {
			for (Resource resource : find(location, resources)) {
				schemas.add(parse(resource));
			}
		}
		return schemas;
	}

	private static Resource[] find(String location, ResourcePatternResolver resources) {
		try {
			Resource[] found = resources.getResources(location);
			if (Stream.of(found).allMatch(Resource::exists)) {
				return found;
			}
		}
		catch (IOException ex) {
			throw missing(location, ex);
		}
		throw missing(location, null);
	}

	private static KinesisConfigurationException missing(String location, @Nullable IOException ex) {
		return new KinesisConfigurationException("'kinesis.avro.schemas' has '" + location + "', which does not exist",
				"Correct the property, or add the file", ex);
	}

	private static Schema parse(Resource resource) throws IOException {
		try (InputStream in = resource.getInputStream()) {
			return new Schema.Parser().parse(in);
		}
		catch (AvroRuntimeException ex) {
			throw new KinesisConfigurationException(
					"'kinesis.avro.schemas' has " + resource.getDescription() + ", which is no Avro schema: "
							+ ex.getMessage(),
					"Correct the file, which must define all types that it uses, or the property", ex);
		}
	}

}

package io.kinesisspring.jsonschema;

import com.networknt.schema.Schema;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.ResourceLoader;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.boot.autoconfigure.converter.KinesisConverterAutoConfiguration;
import io.kinesisspring.converter.SchemaRegistry;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} of payloads with a JSON Schema: with the {@link SchemaRegistry}
 * bean if there is one.
 *
 * @since 0.1.0
 */
@AutoConfiguration(before = KinesisConverterAutoConfiguration.class,
		afterName = "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration")
@ConditionalOnClass({ Schema.class, JsonMapper.class })
@ConditionalOnBooleanProperty(name = "kinesis.enabled", matchIfMissing = true)
public final class KinesisJsonSchemaAutoConfiguration {

	KinesisJsonSchemaAutoConfiguration() {
	}

	@Bean
	@ConditionalOnBean(JsonMapper.class)
	@ConditionalOnMissingBean
	JsonSchemaPayloadConverter kinesisJsonSchemaPayloadConverter(JsonMapper mapper, ResourceLoader resources,
			ObjectProvider<SchemaRegistry> registry) {
		return new JsonSchemaPayloadConverter(mapper, resources, registry.getIfAvailable());
	}

}

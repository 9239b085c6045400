package io.kinesisspring.protobuf;

import com.google.protobuf.Message;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.ResourceLoader;

import io.kinesisspring.boot.autoconfigure.converter.KinesisConverterAutoConfiguration;
import io.kinesisspring.converter.SchemaRegistry;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} of Protocol Buffers payloads: with the {@link SchemaRegistry} bean
 * if there is one.
 *
 * @since 0.1.0
 */
@AutoConfiguration(before = KinesisConverterAutoConfiguration.class)
@ConditionalOnClass(Message.class)
@ConditionalOnBooleanProperty(name = "kinesis.enabled", matchIfMissing = true)
public final class KinesisProtobufAutoConfiguration {

	KinesisProtobufAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	ProtobufPayloadConverter kinesisProtobufPayloadConverter(ObjectProvider<SchemaRegistry> registry,
			ResourceLoader resources) {
		return new ProtobufPayloadConverter(registry.getIfAvailable(), resources);
	}

}

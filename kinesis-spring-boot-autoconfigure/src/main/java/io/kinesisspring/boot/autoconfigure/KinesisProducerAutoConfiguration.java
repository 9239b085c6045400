package io.kinesisspring.boot.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.producer.KinesisOperations;
import io.kinesisspring.producer.KinesisTemplate;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} of the template, which by its phase flushes and stops behind the
 * listeners.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { KinesisClientAutoConfiguration.class, KinesisConverterAutoConfiguration.class })
public final class KinesisProducerAutoConfiguration {

	KinesisProducerAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean(KinesisOperations.class)
	KinesisTemplate kinesisTemplate(KinesisAsyncClient client, RecordConverter converter,
			KinesisProperties properties) {
		return new KinesisTemplate(client, converter, new KinesisPropertiesMapper(properties, null).producerOptions());
	}

}

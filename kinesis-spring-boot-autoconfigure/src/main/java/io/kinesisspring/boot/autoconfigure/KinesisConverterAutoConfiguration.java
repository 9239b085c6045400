package io.kinesisspring.boot.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.converter.JacksonRecordConverter;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.converter.SimpleRecordConverter;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} of the conversion of payloads: JSON by the application's own
 * {@code JsonMapper} where there is one, plain text and bytes elsewhere.
 *
 * @since 0.1.0
 */
@AutoConfiguration(afterName = "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration")
public final class KinesisConverterAutoConfiguration {

	KinesisConverterAutoConfiguration() {
	}

	@Configuration(proxyBeanMethods = false)
	@Order(0)
	@ConditionalOnClass(JsonMapper.class)
	@ConditionalOnSingleCandidate(JsonMapper.class)
	@ConditionalOnMissingBean(RecordConverter.class)
	static class JacksonConfiguration {

		@Bean
		JacksonRecordConverter kinesisRecordConverter(JsonMapper mapper) {
			return new JacksonRecordConverter(mapper);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Order(1)
	@ConditionalOnMissingBean(RecordConverter.class)
	static class SimpleConfiguration {

		@Bean
		SimpleRecordConverter kinesisRecordConverter() {
			return new SimpleRecordConverter();
		}

	}

}

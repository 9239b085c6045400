package io.kinesisspring.boot.autoconfigure.converter;

import java.util.List;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.converter.DelegatingRecordConverter;
import io.kinesisspring.converter.JacksonRecordConverter;
import io.kinesisspring.converter.PayloadConverter;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.converter.SimpleRecordConverter;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} of the conversion of payloads: JSON by the application's own
 * {@code JsonMapper} where there is one, plain text and bytes elsewhere. Each
 * {@link PayloadConverter} bean converts the types that it supports.
 *
 * @since 0.1.0
 */
@AutoConfiguration(afterName = "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration")
@ConditionalOnBooleanProperty(name = "kinesis.enabled", matchIfMissing = true)
public final class KinesisConverterAutoConfiguration {

	private static final String BEAN_NAME = "kinesisRecordConverter";

	KinesisConverterAutoConfiguration() {
	}

	@Bean(BEAN_NAME)
	@ConditionalOnMissingBean(RecordConverter.class)
	RecordConverter kinesisRecordConverter(ObjectProvider<PayloadConverter> formats) {
		return withFormats(formats, new SimpleRecordConverter());
	}

	private static RecordConverter withFormats(ObjectProvider<PayloadConverter> formats, RecordConverter otherwise) {
		List<PayloadConverter> all = formats.orderedStream().toList();
		return all.isEmpty() ? otherwise : new DelegatingRecordConverter(all, otherwise);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(JsonMapper.class)
	static class JacksonConfiguration {

		@Bean(BEAN_NAME)
		@ConditionalOnBean(JsonMapper.class)
		@ConditionalOnMissingBean(RecordConverter.class)
		RecordConverter kinesisJacksonRecordConverter(ObjectProvider<JsonMapper> mapper,
				ObjectProvider<PayloadConverter> formats, ListableBeanFactory beanFactory) {
			JsonMapper unique = mapper.getIfUnique();
			if (unique == null) {
				throw new KinesisConfigurationException(
						"There are several JsonMapper beans and none is primary: " + String.join(", ",
								BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beanFactory, JsonMapper.class)),
						"Mark the one that reads and writes payloads with @Primary, or declare a RecordConverter bean, such as a JacksonRecordConverter");
			}
			return withFormats(formats, new JacksonRecordConverter(unique));
		}

	}

}

package io.kinesisspring.cloudevents;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

import io.cloudevents.CloudEvent;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

import io.kinesisspring.boot.autoconfigure.converter.KinesisConverterAutoConfiguration;
import io.kinesisspring.converter.RecordConverter;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} of CloudEvents.
 *
 * @since 0.1.0
 */
@AutoConfiguration(before = KinesisConverterAutoConfiguration.class)
@ConditionalOnClass(CloudEvent.class)
@ConditionalOnBooleanProperty(name = "kinesis.enabled", matchIfMissing = true)
@EnableConfigurationProperties(KinesisCloudEventsProperties.class)
public final class KinesisCloudEventsAutoConfiguration {

	KinesisCloudEventsAutoConfiguration() {
	}

	/**
	 * Asked before the converters of formats: with the header of a CloudEvent, a payload
	 * of such a format becomes the data of an event.
	 */
	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	@ConditionalOnMissingBean
	CloudEventPayloadConverter kinesisCloudEventPayloadConverter(KinesisCloudEventsProperties properties,
			Environment environment, ObjectProvider<RecordConverter> converter) {
		return new CloudEventPayloadConverter(converter::getObject, source(properties, environment));
	}

	private static @Nullable URI source(KinesisCloudEventsProperties properties, Environment environment) {
		if (properties.source() != null) {
			return properties.source();
		}
		String application = environment.getProperty("spring.application.name");
		return (application != null && !application.isBlank())
				? URI.create("/" + URLEncoder.encode(application, StandardCharsets.UTF_8)) : null;
	}

	@Bean(defaultCandidate = false)
	@ConditionalOnMissingBean(name = "cloudEventUnwrapper")
	CloudEventUnwrapper cloudEventUnwrapper() {
		return new CloudEventUnwrapper();
	}

}

package io.kinesisspring.modulith;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.modulith.events.EventExternalizationConfiguration;
import org.springframework.modulith.events.config.EventExternalizationAutoConfiguration;
import org.springframework.modulith.events.support.EventExternalizerModuleListener;
import org.springframework.modulith.events.support.OutboxEventExternalizer;
import org.springframework.modulith.events.support.OutboxEventExternalizerFactory;

import io.kinesisspring.boot.autoconfigure.producer.KinesisProducerAutoConfiguration;
import io.kinesisspring.producer.KinesisOperations;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} for sending Spring Modulith's externalized events to streams, in
 * the mode that is configured for Modulith.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { KinesisProducerAutoConfiguration.class, EventExternalizationAutoConfiguration.class })
@ConditionalOnBean({ KinesisOperations.class, EventExternalizationConfiguration.class })
@ConditionalOnBooleanProperty(name = "kinesis.enabled", matchIfMissing = true)
public final class KinesisEventExternalizationAutoConfiguration {

	private static final String MODE = "spring.modulith.events.externalization.mode";

	KinesisEventExternalizationAutoConfiguration() {
	}

	@Bean
	KinesisEventTransport kinesisEventTransport(KinesisOperations kinesis,
			EventExternalizationConfiguration configuration, BeanFactory beanFactory) {
		return new KinesisEventTransport(kinesis, configuration, beanFactory);
	}

	@Bean
	@ConditionalOnProperty(name = MODE, havingValue = "module-listener", matchIfMissing = true)
	EventExternalizerModuleListener kinesisEventExternalizer(EventExternalizationConfiguration configuration,
			KinesisEventTransport transport) {
		return new EventExternalizerModuleListener(configuration, transport);
	}

	@Bean
	@ConditionalOnProperty(name = MODE, havingValue = "outbox")
	OutboxEventExternalizer kinesisOutboxEventExternalizer(OutboxEventExternalizerFactory factory,
			KinesisEventTransport transport) {
		return factory.forTransport(transport);
	}

}

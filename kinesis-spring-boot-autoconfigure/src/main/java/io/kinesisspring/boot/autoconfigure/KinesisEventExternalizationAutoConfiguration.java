package io.kinesisspring.boot.autoconfigure;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.modulith.events.EventExternalizationConfiguration;
import org.springframework.modulith.events.config.EventExternalizationAutoConfiguration;
import org.springframework.modulith.events.support.EventExternalizationTransport;
import org.springframework.modulith.events.support.EventExternalizerModuleListener;
import org.springframework.modulith.events.support.OutboxEventExternalizer;
import org.springframework.modulith.events.support.OutboxEventExternalizerFactory;

import io.kinesisspring.producer.KinesisOperations;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} that sends the events which Spring Modulith externalizes to
 * streams: the target is the stream, the key the partition key. Stands back where another
 * broker takes the events.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { KinesisProducerAutoConfiguration.class, EventExternalizationAutoConfiguration.class })
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass(EventExternalizationTransport.class)
@ConditionalOnBean({ KinesisOperations.class, EventExternalizationConfiguration.class })
@ConditionalOnMissingBean(value = EventExternalizationTransport.class, ignored = KinesisEventTransport.class)
public final class KinesisEventExternalizationAutoConfiguration {

	private static final String MODE = "spring.modulith.events.externalization.mode";

	KinesisEventExternalizationAutoConfiguration() {
	}

	@Bean
	KinesisEventTransport kinesisEventTransport(KinesisOperations kinesis, BeanFactory beanFactory) {
		return new KinesisEventTransport(kinesis, beanFactory);
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

package io.kinesisspring.boot.endpoint;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;

import io.kinesisspring.boot.autoconfigure.consumer.KinesisConsumerAutoConfiguration;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.redrive.DeadLetterRedriver;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} of the {@code kinesis} endpoint.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = KinesisConsumerAutoConfiguration.class)
@ConditionalOnClass({ WebEndpoint.class, ConditionalOnAvailableEndpoint.class })
@ConditionalOnAvailableEndpoint(KinesisEndpoint.class)
@ConditionalOnBean(KinesisListenerContainerRegistry.class)
@ConditionalOnBooleanProperty(name = "kinesis.enabled", matchIfMissing = true)
public final class KinesisEndpointAutoConfiguration {

	KinesisEndpointAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	KinesisEndpoint kinesisEndpoint(KinesisListenerContainerRegistry registry,
			ObjectProvider<DeadLetterRedriver> redriver) {
		return new KinesisEndpoint(registry, new Redrives(redriver.getIfUnique()));
	}

}

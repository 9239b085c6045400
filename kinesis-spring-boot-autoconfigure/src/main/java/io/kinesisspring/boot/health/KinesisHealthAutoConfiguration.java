package io.kinesisspring.boot.health;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

import io.kinesisspring.boot.autoconfigure.KinesisProperties;
import io.kinesisspring.boot.autoconfigure.consumer.KinesisConsumerAutoConfiguration;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} of the health of listeners.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = KinesisConsumerAutoConfiguration.class)
@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnBean(KinesisListenerContainerRegistry.class)
@ConditionalOnEnabledHealthIndicator("kinesis")
@ConditionalOnBooleanProperty(name = "kinesis.enabled", matchIfMissing = true)
public final class KinesisHealthAutoConfiguration {

	KinesisHealthAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean(name = { "kinesisHealthIndicator", "kinesisHealthContributor" },
			search = SearchStrategy.CURRENT)
	HealthIndicator kinesisHealthContributor(KinesisListenerContainerRegistry registry, KinesisProperties properties) {
		return new KinesisHealthIndicator(registry, properties.health().lagThreshold());
	}

}

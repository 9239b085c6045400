package io.kinesisspring.boot.autoconfigure.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;

import io.kinesisspring.boot.autoconfigure.KinesisProperties;
import io.kinesisspring.boot.autoconfigure.client.KinesisClientAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.client.KinesisClientCustomizer;
import io.kinesisspring.lease.dynamodb.TableObserver;
import io.kinesisspring.listener.ContainerOptionsCustomizer;
import io.kinesisspring.metrics.KinesisMetrics;
import io.kinesisspring.producer.SendObserver;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} of meters, if there is a registry for them. Listeners, templates
 * and lease tables know the meters only as observers.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = KinesisClientAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
@ConditionalOnBooleanProperty(name = "kinesis.enabled", matchIfMissing = true)
public final class KinesisMetricsAutoConfiguration {

	KinesisMetricsAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	KinesisMetrics kinesisMetrics(MeterRegistry registry, KinesisProperties properties) {
		return new KinesisMetrics(registry, properties.metrics().includeShardTag());
	}

	/**
	 * First, so that an observer of the application replaces it.
	 */
	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	ContainerOptionsCustomizer kinesisListenerMetrics(KinesisMetrics metrics) {
		return (id, options) -> options.observer(metrics.listener(id));
	}

	@Bean
	@ConditionalOnMissingBean
	SendObserver kinesisTemplateMetrics(KinesisMetrics metrics) {
		return metrics.templates();
	}

	@Bean
	@ConditionalOnMissingBean
	TableObserver kinesisTableMetrics(KinesisMetrics metrics) {
		return metrics.tables();
	}

	/**
	 * Adds to the publishers of the application.
	 */
	@Bean
	@ConditionalOnBooleanProperty("kinesis.metrics.sdk-enabled")
	KinesisClientCustomizer<AwsClientBuilder<?, ?>> kinesisSdkMetrics(KinesisMetrics metrics) {
		return (builder) -> builder.overrideConfiguration(
				builder.overrideConfiguration().copy((override) -> override.addMetricPublisher(metrics.sdk())));
	}

}

package io.kinesisspring.boot.autoconfigure.observation;

import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import io.kinesisspring.boot.autoconfigure.consumer.KinesisConsumerAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.producer.KinesisProducerAutoConfiguration;
import io.kinesisspring.observation.KinesisBatchObservationConvention;
import io.kinesisspring.observation.KinesisObservations;
import io.kinesisspring.observation.KinesisRecordObservationConvention;
import io.kinesisspring.observation.KinesisSendObservationConvention;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} of observations: by the application's own
 * {@code ObservationRegistry} and conventions, and with links to the records' traces
 * where batches are traced.
 *
 * @since 0.1.0
 */
@AutoConfiguration(before = { KinesisProducerAutoConfiguration.class, KinesisConsumerAutoConfiguration.class },
		afterName = { "org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration",
				"org.springframework.boot.micrometer.tracing.brave.autoconfigure.BraveAutoConfiguration",
				"org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration" })
@ConditionalOnBooleanProperty(name = "kinesis.enabled", matchIfMissing = true)
public final class KinesisObservationAutoConfiguration {

	KinesisObservationAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	KinesisObservations kinesisObservations(ObjectProvider<ObservationRegistry> registry,
			ObjectProvider<KinesisSendObservationConvention> send,
			ObjectProvider<KinesisRecordObservationConvention> record,
			ObjectProvider<KinesisBatchObservationConvention> batch) {
		return new KinesisObservations(registry.getIfUnique(() -> ObservationRegistry.NOOP), send.getIfUnique(),
				record.getIfUnique(), batch.getIfUnique());
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ Tracer.class, Propagator.class })
	static class TracingConfiguration {

		/**
		 * Before Boot's handler of all receivers, which is at 1,000.
		 */
		private static final int ORDER = 900;

		@Bean
		@ConditionalOnBean({ Tracer.class, Propagator.class })
		@Order(ORDER)
		BatchTracingObservationHandler kinesisBatchTracingObservationHandler(Tracer tracer, Propagator propagator) {
			return new BatchTracingObservationHandler(tracer, propagator);
		}

	}

}

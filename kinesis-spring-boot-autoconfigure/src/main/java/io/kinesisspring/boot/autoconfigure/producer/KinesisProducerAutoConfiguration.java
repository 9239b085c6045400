package io.kinesisspring.boot.autoconfigure.producer;

import java.util.ArrayList;
import java.util.List;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.validation.SmartValidator;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.boot.autoconfigure.KinesisProperties;
import io.kinesisspring.boot.autoconfigure.client.KinesisClientAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.condition.ConditionalOnMissingContextBean;
import io.kinesisspring.boot.autoconfigure.converter.KinesisConverterAutoConfiguration;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.observation.KinesisObservations;
import io.kinesisspring.producer.KinesisOperations;
import io.kinesisspring.producer.KinesisTemplate;
import io.kinesisspring.producer.ProducerOptions;
import io.kinesisspring.producer.SendInterceptor;
import io.kinesisspring.producer.SendObserver;
import io.kinesisspring.producer.ValidatingSendInterceptor;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} of the template. The template flushes and stops after the
 * listeners. If there is a validator, it validates payloads after all interceptors.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { KinesisClientAutoConfiguration.class, KinesisConverterAutoConfiguration.class })
@ConditionalOnBooleanProperty(name = "kinesis.enabled", matchIfMissing = true)
public final class KinesisProducerAutoConfiguration {

	KinesisProducerAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingContextBean(KinesisOperations.class)
	KinesisTemplate kinesisTemplate(KinesisAsyncClient client, RecordConverter converter, KinesisProperties properties,
			ObjectProvider<SmartValidator> validator, ObjectProvider<SendInterceptor> interceptors,
			ObjectProvider<KinesisObservations> observations, ObjectProvider<SendObserver> observer) {
		List<SendInterceptor> all = new ArrayList<>(interceptors.orderedStream().toList());
		validator.ifUnique((unique) -> all.add(new ValidatingSendInterceptor(unique)));
		ProducerOptions options = new ProducerPropertiesMapper(properties).producerOptions()
			.toBuilder()
			.observer(observer.getIfUnique(() -> SendObserver.NONE))
			.build();
		return KinesisTemplate.builder(client)
			.converter(converter)
			.options(options)
			.interceptors(all)
			.observations(properties.producer().observationEnabled()
					? observations.getIfAvailable(() -> KinesisObservations.NONE) : KinesisObservations.NONE)
			.build();
	}

}

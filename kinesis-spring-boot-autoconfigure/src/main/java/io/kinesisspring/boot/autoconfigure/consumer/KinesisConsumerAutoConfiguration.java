package io.kinesisspring.boot.autoconfigure.consumer;

import java.util.concurrent.Executor;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.annotation.KinesisListenerAnnotationBeanPostProcessor;
import io.kinesisspring.boot.autoconfigure.KinesisProperties;
import io.kinesisspring.boot.autoconfigure.admin.KinesisAdminAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.client.KinesisClientAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.client.KinesisFanOutClient;
import io.kinesisspring.boot.autoconfigure.condition.ConditionalOnMissingContextBean;
import io.kinesisspring.boot.autoconfigure.converter.KinesisConverterAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.lease.KinesisLeaseStoreAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.producer.ProducerPropertiesMapper;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.deadletter.DeadLetterDestinationResolver;
import io.kinesisspring.envelope.HeaderMode;
import io.kinesisspring.error.ErrorHandler;
import io.kinesisspring.error.RecordRecoverer;
import io.kinesisspring.lease.LeaseStoreFactory;
import io.kinesisspring.listener.ContainerOptionsCustomizer;
import io.kinesisspring.listener.KinesisListenerContainerFactory;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.listener.RecordInterceptor;
import io.kinesisspring.listener.ShardListener;
import io.kinesisspring.observation.KinesisObservations;
import io.kinesisspring.producer.KinesisTemplate;
import io.kinesisspring.redrive.DeadLetterRedriver;
import io.kinesisspring.shard.StreamClient;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} of listeners.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { KinesisAdminAutoConfiguration.class, KinesisClientAutoConfiguration.class,
		KinesisConverterAutoConfiguration.class, KinesisLeaseStoreAutoConfiguration.class })
@ConditionalOnBooleanProperty(name = { "kinesis.enabled", "kinesis.consumer.enabled" }, matchIfMissing = true)
@Import({ KinesisTaskExecutorConfiguration.class, DeadLetterServices.DeadLetterServicesConfiguration.class })
public final class KinesisConsumerAutoConfiguration {

	KinesisConsumerAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	static KinesisListenerAnnotationBeanPostProcessor kinesisListenerAnnotationBeanPostProcessor() {
		return new KinesisListenerAnnotationBeanPostProcessor();
	}

	@Bean
	static KinesisListenerLazyInitializationExcludeFilter kinesisListenerLazyInitializationExcludeFilter() {
		return new KinesisListenerLazyInitializationExcludeFilter();
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	KinesisListenerContainerRegistry kinesisListenerContainerRegistry(ConfigurableListableBeanFactory beanFactory) {
		return new KinesisListenerContainerRegistry(beanFactory);
	}

	@Bean
	ListenerPropertiesCheck kinesisListenerPropertiesCheck(KinesisProperties properties,
			KinesisListenerContainerRegistry registry, ApplicationContext context) {
		return new ListenerPropertiesCheck(properties, registry, context);
	}

	@Bean
	UnattendedContextCheck kinesisUnattendedContextCheck(ApplicationContext context) {
		return new UnattendedContextCheck(context);
	}

	@Bean
	IgnoredErrorProperties kinesisIgnoredErrorProperties(KinesisProperties properties, ListenerBeans beans,
			KinesisListenerContainerRegistry registry, ApplicationContext context) {
		return new IgnoredErrorProperties(properties, beans, registry, context);
	}

	@Bean
	ListenerBeans kinesisListenerBeans(ObjectProvider<ErrorHandler> errorHandler,
			ObjectProvider<RecordRecoverer> recoverer, ObjectProvider<RecordInterceptor> interceptors,
			ObjectProvider<ShardListener> shardListeners, ObjectProvider<KinesisObservations> observations,
			ObjectProvider<DeadLetterDestinationResolver> destinations, DeadLetterSender deadLetters,
			DeadLetterServices deadLetterServices) {
		DeadLetterDestinationResolver resolver = destinations.getIfUnique();
		return new ListenerBeans(errorHandler.getIfUnique(), recoverer.getIfUnique(),
				interceptors.orderedStream().toList(), shardListeners.orderedStream().toList(),
				observations.getIfAvailable(() -> KinesisObservations.NONE), resolver,
				(stream) -> deadLetters.recoverer(stream, resolver), deadLetterServices);
	}

	@Bean
	DeadLetterSender kinesisDeadLetterSender(BeanFactory beanFactory, KinesisAsyncClient client,
			RecordConverter converter, KinesisProperties properties) {
		return new DeadLetterSender(beanFactory, client,
				() -> KinesisTemplate.builder(client)
					.converter(converter)
					.options(new ProducerPropertiesMapper(properties).producerOptions())
					.build());
	}

	@Bean
	@ConditionalOnMissingContextBean
	DeadLetterRedriver kinesisDeadLetterRedriver(KinesisAsyncClient client, LeaseStoreFactory leaseStores,
			@Qualifier(KinesisTaskExecutorConfiguration.BEAN_NAME) Executor taskExecutor, KinesisProperties properties,
			Environment environment) {
		String application = properties.applicationName();
		return new DeadLetterRedriver(new StreamClient(client), leaseStores,
				() -> KinesisTemplate.builder(client)
					.options(new ProducerPropertiesMapper(properties).producerOptions()
						.toBuilder()
						.headerMode(HeaderMode.NONE)
						.build())
					.build(),
				taskExecutor,
				StringUtils.hasText(application) ? application : environment.getProperty("spring.application.name"),
				properties.lease().failoverAfter());
	}

	@Bean
	ContainerFactories kinesisListenerContainerFactoryConfigurer(LeaseStoreFactory leaseStores,
			@Qualifier(KinesisTaskExecutorConfiguration.BEAN_NAME) Executor taskExecutor, KinesisProperties properties,
			Environment environment, ListenerBeans beans, ObjectProvider<ContainerOptionsCustomizer> customizers,
			RecordConverter converter) {
		ConsumerPropertiesMapper mapper = new ConsumerPropertiesMapper(properties,
				environment.getProperty("spring.application.name"));
		return new ContainerFactories(mapper, leaseStores, taskExecutor, beans, customizers.orderedStream().toList(),
				converter);
	}

	@Bean
	@ConditionalOnMissingContextBean(name = KinesisListenerAnnotationBeanPostProcessor.DEFAULT_CONTAINER_FACTORY)
	KinesisListenerContainerFactory kinesisListenerContainerFactory(KinesisAsyncClient client,
			ObjectProvider<KinesisFanOutClient> fanOutClient, ContainerFactories factories) {
		return factories
			.create(new StreamClient(client, () -> fanOutClient.getIfAvailable(() -> () -> client).getClient()));
	}

}

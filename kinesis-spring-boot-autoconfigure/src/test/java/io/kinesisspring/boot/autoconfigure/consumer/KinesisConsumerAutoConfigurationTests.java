package io.kinesisspring.boot.autoconfigure.consumer;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.test.util.ReflectionTestUtils;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.annotation.KinesisListenerAnnotationBeanPostProcessor;
import io.kinesisspring.boot.autoconfigure.client.KinesisClientAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.converter.KinesisConverterAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.lease.KinesisLeaseStoreAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.lease.dynamodb.KinesisDynamoDbLeaseStoreAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.producer.KinesisProducerAutoConfiguration;
import io.kinesisspring.deadletter.DeadLetterDestinationResolver;
import io.kinesisspring.deadletter.DeadLetterPublishingRecoverer;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.error.ErrorDecision;
import io.kinesisspring.error.ErrorHandler;
import io.kinesisspring.error.RecordRecoverer;
import io.kinesisspring.lease.InMemoryLeaseStore;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.lease.LeaseStoreFactory;
import io.kinesisspring.lease.dynamodb.DynamoDbLeaseStore;
import io.kinesisspring.lease.dynamodb.LeaseImport;
import io.kinesisspring.lease.dynamodb.TableOptions;
import io.kinesisspring.lease.dynamodb.TableSettings;
import io.kinesisspring.listener.AckMode;
import io.kinesisspring.listener.ContainerOptions;
import io.kinesisspring.listener.ContainerOptionsCustomizer;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerFactory;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.listener.RecordFilter;
import io.kinesisspring.listener.RecordInterceptor;
import io.kinesisspring.listener.ShardListener;
import io.kinesisspring.producer.KinesisOperations;
import io.kinesisspring.producer.KinesisTemplate;
import io.kinesisspring.shard.StreamClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link KinesisConsumerAutoConfiguration}.
 */
class KinesisConsumerAutoConfigurationTests {

	private static final String DYNAMODB_CLIENT = "kinesisDynamoDbAsyncClient";

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, TaskExecutionAutoConfiguration.class,
				KinesisClientAutoConfiguration.class, KinesisConverterAutoConfiguration.class,
				KinesisLeaseStoreAutoConfiguration.class, KinesisDynamoDbLeaseStoreAutoConfiguration.class,
				KinesisConsumerAutoConfiguration.class))
		.withBean(KinesisAsyncClient.class, () -> mock(KinesisAsyncClient.class))
		.withPropertyValues("spring.application.name=shop", "kinesis.region=eu-central-1",
				"kinesis.credentials.access-key=access", "kinesis.credentials.secret-key=secret",
				"kinesis.consumer.auto-startup=false");

	private static KinesisListenerContainer container(ApplicationContext context, String id) {
		return context.getBean(KinesisListenerContainerRegistry.class).getContainer(id);
	}

	private static ContainerOptions options(ApplicationContext context, String id) {
		return container(context, id).getOptions();
	}

	@Nested
	class EnabledTests {

		private final ApplicationContextRunner contextRunner = KinesisConsumerAutoConfigurationTests.this.contextRunner;

		@Test
		void whenConsumersAreDisabledCreatesNothing() {
			this.contextRunner.withUserConfiguration(OrdersConfiguration.class)
				.withPropertyValues("kinesis.consumer.enabled=false")
				.run((context) -> assertThat(context).hasNotFailed()
					.doesNotHaveBean(KinesisListenerAnnotationBeanPostProcessor.class)
					.doesNotHaveBean(KinesisListenerContainerRegistry.class)
					.doesNotHaveBean(KinesisListenerContainerFactory.class)
					.doesNotHaveBean(LeaseStoreFactory.class)
					.doesNotHaveBean(DynamoDbAsyncClient.class)
					.doesNotHaveBean("kinesisTaskExecutor")
					.doesNotHaveBean(KinesisListenerContainer.class));
		}

		@Test
		void whenAutoStartupIsOffListenersExistAndDoNotRun() {
			this.contextRunner.withUserConfiguration(OrdersConfiguration.class)
				.run((context) -> assertThat(container(context, "orders").isRunning()).isFalse());
		}

	}

	@Nested
	@ExtendWith(OutputCaptureExtension.class)
	class AnnotationBeanPostProcessorTests {

		private final ApplicationContextRunner contextRunner = KinesisConsumerAutoConfigurationTests.this.contextRunner;

		@Test
		void autoConfiguresBean() {
			this.contextRunner
				.run((context) -> assertThat(context).hasSingleBean(KinesisListenerAnnotationBeanPostProcessor.class));
		}

		@Test
		void whenHasUserDefinedBeanDoesNotAutoConfigureBean() {
			this.contextRunner.withBean("mine", KinesisListenerAnnotationBeanPostProcessor.class)
				.run((context) -> assertThat(context).hasSingleBean(KinesisListenerAnnotationBeanPostProcessor.class)
					.hasBean("mine"));
		}

		@Test
		void rejectsAScopeInWhichNobodyCallsListeners() {
			this.contextRunner
				.withBean("often", Orders.class, Orders::new,
						(definition) -> definition.setScope(BeanDefinition.SCOPE_PROTOTYPE))
				.run((context) -> assertThat(context).hasFailed()
					.getFailure()
					.isInstanceOf(KinesisConfigurationException.class)
					.hasMessageContaining("has @KinesisListener methods and the scope 'prototype'"));
		}

		@Test
		void createsAContainerForEachListener() {
			this.contextRunner.withUserConfiguration(OrdersConfiguration.class)
				.run((context) -> assertThat(context).hasSingleBean(KinesisListenerContainer.class));
		}

		@Test
		void rejectsAScopeThatItsDeclaredTypeHides() {
			this.contextRunner
				.withBean("late", Object.class, Orders::new,
						(definition) -> definition.setScope(BeanDefinition.SCOPE_PROTOTYPE))
				.run((context) -> {
					assertThatExceptionOfType(BeanCreationException.class).isThrownBy(() -> context.getBean("late"))
						.withRootCauseInstanceOf(KinesisConfigurationException.class)
						.withMessageContaining("The bean 'late' of " + Orders.class.getName()
								+ " has @KinesisListener methods and the scope 'prototype'");
					assertThat(context).doesNotHaveBean(KinesisListenerContainer.class);
				});
		}

		@Test
		void warnsOnceOfListenersOfAnObjectThatIsNoBean(CapturedOutput output) {
			this.contextRunner.run((context) -> {
				context.getAutowireCapableBeanFactory().initializeBean(new Orders(), "test instance");
				context.getAutowireCapableBeanFactory().initializeBean(new Orders(), "test instance");
				assertThat(context).doesNotHaveBean(KinesisListenerContainer.class);
				assertThat(output.toString().split("its @KinesisListener methods will not be called", -1)).hasSize(2);
			});
		}

		@Test
		void whenInitializationIsLazyCreatesAllContainers() {
			this.contextRunner.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
				.withUserConfiguration(OrdersConfiguration.class, OtherConfiguration.class)
				.run((context) -> {
					assertThat(context).hasSingleBean(KinesisListenerContainer.class);
					assertThat(context.getBeanFactory().containsSingleton("other")).isFalse();
				});
		}

	}

	@Nested
	class RegistryTests {

		private final ApplicationContextRunner contextRunner = KinesisConsumerAutoConfigurationTests.this.contextRunner;

		@Test
		void autoConfiguresBean() {
			this.contextRunner.withUserConfiguration(OrdersConfiguration.class).run((context) -> {
				assertThat(context).hasSingleBean(KinesisListenerContainerRegistry.class)
					.hasBean("kinesisListenerContainerRegistry");
				assertThat(container(context, "orders")).isSameAs(context.getBean(KinesisListenerContainer.class));
			});
		}

		@Test
		void whenHasUserDefinedBeanDoesNotAutoConfigureBean() {
			this.contextRunner.withUserConfiguration(RegistryConfiguration.class)
				.run((context) -> assertThat(context).hasSingleBean(KinesisListenerContainerRegistry.class)
					.hasBean("mine"));
		}

	}

	@Nested
	@ExtendWith(OutputCaptureExtension.class)
	class ContainerFactoryTests {

		private final ApplicationContextRunner contextRunner = KinesisConsumerAutoConfigurationTests.this.contextRunner
			.withUserConfiguration(OrdersConfiguration.class);

		@Test
		void autoConfiguresBean() {
			this.contextRunner.run((context) -> assertThat(context).hasSingleBean(KinesisListenerContainerFactory.class)
				.hasBean("kinesisListenerContainerFactory"));
		}

		@Test
		void whenHasUserDefinedBeanOfTheNameDoesNotAutoConfigureBean() {
			KinesisListenerContainerFactory factory = containerFactory();
			this.contextRunner
				.withBean("kinesisListenerContainerFactory", KinesisListenerContainerFactory.class, () -> factory)
				.run((context) -> assertThat(context).getBean(KinesisListenerContainerFactory.class).isSameAs(factory));
		}

		@Test
		void whenHasUserDefinedBeanOfAnotherNameAutoConfiguresBeanBesideIt() {
			this.contextRunner
				.withBean("further", KinesisListenerContainerFactory.class, ContainerFactoryTests::containerFactory)
				.run((context) -> assertThat(context).hasBean("kinesisListenerContainerFactory").hasBean("further"));
		}

		@Test
		void optionsAreThoseOfTheProperties() {
			this.contextRunner
				.withPropertyValues("kinesis.consumer.ack-mode=record", "kinesis.consumer.initial-position=latest",
						"kinesis.lease.failover-after=20s")
				.run((context) -> {
					ContainerOptions options = options(context, "orders");
					assertThat(options.application()).isEqualTo("shop");
					assertThat(options.delivery().ackMode()).isEqualTo(AckMode.RECORD);
					assertThat(options.lease().initialPosition()).isEqualTo(InitialPosition.LATEST);
					assertThat(options.lease().failoverAfter()).isEqualTo(Duration.ofSeconds(20));
				});
		}

		@Test
		void applicationNameOfKinesisHasPrecedence() {
			this.contextRunner.withPropertyValues("kinesis.application-name=other")
				.run((context) -> assertThat(options(context, "orders").application()).isEqualTo("other"));
		}

		@Test
		void whenThereIsNoApplicationNameSaysHowToSetIt() {
			this.contextRunner.withPropertyValues("spring.application.name=")
				.run((context) -> assertThat(context).hasFailed()
					.getFailure()
					.isInstanceOf(KinesisConfigurationException.class)
					.hasMessageContaining("Set spring.application.name, kinesis.application-name"));
		}

		@Test
		void propertiesOfAListenerHavePrecedenceOverItsAnnotation() {
			this.contextRunner
				.withPropertyValues("kinesis.listeners.orders.ack-mode=batch",
						"kinesis.listeners.orders.auto-startup=false")
				.run((context) -> assertThat(options(context, "orders").delivery().ackMode()).isEqualTo(AckMode.BATCH));
		}

		@Test
		void whenTheAckModeDoesNotSuitTheListenerTheStartFails() {
			this.contextRunner.withPropertyValues("kinesis.listeners.orders.ack-mode=manual")
				.run((context) -> assertThat(context).hasFailed()
					.getFailure()
					.isInstanceOf(KinesisConfigurationException.class)
					.hasMessageContaining("The listener 'orders'")
					.hasMessageContaining("no Acknowledgment parameter")
					.hasMessageContaining("kinesis.listeners.orders.ack-mode"));
		}

		@Test
		void whenHasUserDefinedCustomizerAppliesItLast() {
			this.contextRunner.withPropertyValues("kinesis.listeners.orders.max-records=7")
				.withBean(ContainerOptionsCustomizer.class,
						() -> (id, options) -> options.maxRecords(options.build().reader().maxRecords() + id.length()))
				.run((context) -> assertThat(options(context, "orders").reader().maxRecords()).isEqualTo(13));
		}

		@Test
		void whenPropertiesNameAnUnknownListenerWarns(CapturedOutput output) {
			this.contextRunner.withPropertyValues("kinesis.listeners.ordres.max-records=7")
				.run((context) -> assertThat(output).contains(
						"kinesis.listeners.ordres.* has no effect: there is no listener with the id 'ordres', only [orders]"));
		}

		@Test
		void whenATableNamesAnUnknownApplicationWarns(CapturedOutput output) {
			this.contextRunner
				.withPropertyValues("kinesis.lease.table-names.shop=a-table", "kinesis.lease.table-names.shpo=b-table")
				.run((context) -> assertThat(output)
					.contains("kinesis.lease.table-names.shpo has no effect: no listener is of the application 'shpo'")
					.doesNotContain("kinesis.lease.table-names.shop has no effect"));
		}

		@Test
		void whenAllPropertiesNameKnownListenersDoesNotWarn(CapturedOutput output) {
			this.contextRunner.withPropertyValues("kinesis.listeners.orders.max-records=7")
				.run((context) -> assertThat(output).doesNotContain("has no effect"));
		}

		private static KinesisListenerContainerFactory containerFactory() {
			return new KinesisListenerContainerFactory(new StreamClient(mock(KinesisAsyncClient.class)),
					(application) -> new InMemoryLeaseStore(), new SyncTaskExecutor(),
					ContainerOptions.defaults().toBuilder().application("mine").autoStartup(false).build(),
					(id, options) -> {
					});
		}

	}

	@Nested
	@ExtendWith(OutputCaptureExtension.class)
	class ErrorHandlerTests {

		private final ApplicationContextRunner contextRunner = KinesisConsumerAutoConfigurationTests.this.contextRunner
			.withUserConfiguration(OrdersConfiguration.class);

		@Test
		void isThatOfTheProperties() {
			this.contextRunner.withPropertyValues("kinesis.consumer.retry.initial-interval=1s")
				.run((context) -> assertThat(options(context, "orders").delivery().errorHandler())
					.isInstanceOf(DefaultErrorHandler.class)
					.hasFieldOrPropertyWithValue("initialInterval", Duration.ofSeconds(1)));
		}

		@Test
		void whenHasUserDefinedBeanUsesIt() {
			ErrorHandler errorHandler = (failure) -> ErrorDecision.skip();
			this.contextRunner.withBean(ErrorHandler.class, () -> errorHandler)
				.run((context) -> assertThat(options(context, "orders").delivery().errorHandler())
					.isSameAs(errorHandler));
		}

		@Test
		void whenHasUserDefinedBeanNamesThePropertiesWithoutEffect(CapturedOutput output) {
			this.contextRunner.withBean(ErrorHandler.class, () -> (failure) -> ErrorDecision.skip())
				.withPropertyValues("kinesis.consumer.retry.max-attempts=3", "kinesis.consumer.error.onExhausted=skip",
						"kinesis.consumer.retry.not-retryable[0]=java.io.IOException")
				.run((context) -> assertThat(output).contains("have no effect: kinesis.consumer.retry.max-attempts, "
						+ "kinesis.consumer.retry.not-retryable, kinesis.consumer.error.on-exhausted"));
		}

		@Test
		void whenNothingIsIgnoredDoesNotWarn(CapturedOutput output) {
			this.contextRunner
				.withPropertyValues("kinesis.consumer.retry.max-attempts=3",
						"kinesis.consumer.error.dead-letter-stream=dead")
				.run((context) -> assertThat(output).doesNotContain("no effect"));
		}

		@Test
		void whenADeadLetterStreamHasNoEffectWarns(CapturedOutput output) {
			this.contextRunner
				.withPropertyValues("kinesis.consumer.error.on-exhausted=skip",
						"kinesis.consumer.error.dead-letter-stream=dead")
				.run((context) -> assertThat(output)
					.contains("('dead') has no effect, as no listener's on-exhausted is dead-letter: [orders]"));
		}

		@Test
		void rejectsAStreamAsItsOwnDeadLetterStream() {
			this.contextRunner.withPropertyValues("kinesis.consumer.error.dead-letter-stream=orders")
				.run((context) -> assertThat(context).hasFailed()
					.getFailure()
					.isInstanceOf(KinesisConfigurationException.class)
					.hasMessageContaining("the stream 'orders' cannot be its own dead-letter stream")
					.hasMessageContaining("Set kinesis.listeners.orders.error.on-exhausted to stop-shard or skip"));
			this.contextRunner
				.withPropertyValues("kinesis.consumer.error.dead-letter-stream=orders",
						"kinesis.listeners.orders.error.on-exhausted=stop-shard")
				.run((context) -> assertThat(context).hasNotFailed());
		}

		@Test
		void whenHasSeveralUserDefinedBeansUsesThatOfTheProperties() {
			this.contextRunner.withBean("one", ErrorHandler.class, () -> (failure) -> ErrorDecision.skip())
				.withBean("two", ErrorHandler.class, () -> (failure) -> ErrorDecision.stopShard())
				.run((context) -> assertThat(options(context, "orders").delivery().errorHandler())
					.isInstanceOf(DefaultErrorHandler.class));
		}

	}

	@Nested
	@ExtendWith(OutputCaptureExtension.class)
	class CollaboratorsTests {

		private final ApplicationContextRunner contextRunner = KinesisConsumerAutoConfigurationTests.this.contextRunner
			.withUserConfiguration(OrdersConfiguration.class);

		@Test
		void whenHasUserDefinedRecovererUsesIt() {
			RecordRecoverer recoverer = (failure) -> null;
			this.contextRunner.withBean(RecordRecoverer.class, () -> recoverer)
				.withPropertyValues("kinesis.consumer.error.on-exhausted=dead-letter")
				.run((context) -> assertThat(options(context, "orders").delivery().recoverer()).isSameAs(recoverer));
		}

		@Test
		void whenThereIsADeadLetterStreamSendsToIt() {
			this.contextRunner.withConfiguration(AutoConfigurations.of(KinesisProducerAutoConfiguration.class))
				.withPropertyValues("kinesis.consumer.error.dead-letter-stream=dead",
						"kinesis.consumer.error.on-exhausted=dead-letter")
				.run((context) -> assertThat(options(context, "orders").delivery().recoverer()).isInstanceOfSatisfying(
						DeadLetterPublishingRecoverer.class,
						(recoverer) -> assertThat(recoverer.destination(StreamIdentifier.of("orders")))
							.hasToString("dead")));
		}

		@Test
		void aTemplateOfTheApplicationDoesNotSendDeadLettersUnlessItIsTheDefaultOne() {
			KinesisOperations other = mock(KinesisOperations.class);
			ApplicationContextRunner dead = this.contextRunner
				.withConfiguration(AutoConfigurations.of(KinesisProducerAutoConfiguration.class))
				.withPropertyValues("kinesis.consumer.error.dead-letter-stream=dead");
			dead.withBean("otherAccount", KinesisOperations.class, () -> other)
				.run((context) -> assertThat(options(context, "orders").delivery().recoverer()).extracting("operations")
					.extracting((operations) -> ((Supplier<?>) operations).get())
					.isInstanceOf(KinesisTemplate.class));
			dead.withBean("kinesisTemplate", KinesisOperations.class, () -> other)
				.run((context) -> assertThat(options(context, "orders").delivery().recoverer()).extracting("operations")
					.extracting((operations) -> ((Supplier<?>) operations).get())
					.isSameAs(other));
		}

		@Test
		void aFurtherFactoryHasTheSamePropertiesBeansAndCustomizers() {
			RecordInterceptor interceptor = new RecordInterceptor() {
			};
			KinesisConsumerAutoConfigurationTests.this.contextRunner
				.withUserConfiguration(OtherAccountConfiguration.class)
				.withBean(RecordInterceptor.class, () -> interceptor)
				.withBean(ContainerOptionsCustomizer.class, () -> (id, options) -> options.maxRecords(9))
				.withPropertyValues("kinesis.listeners.other.concurrency=3",
						"kinesis.consumer.error.dead-letter-stream=dead", "kinesis.consumer.idle-after=7s")
				.run((context) -> {
					ContainerOptions options = options(context, "other");
					assertThat(options.delivery().concurrency()).isEqualTo(3);
					assertThat(options.reader().maxRecords()).isEqualTo(9);
					assertThat(options.delivery().idleAfter()).isEqualTo(Duration.ofSeconds(7));
					assertThat(options.delivery().interceptors()).containsExactly(interceptor);
					assertThat(options.delivery().recoverer()).extracting("operations")
						.extracting((operations) -> ((Supplier<?>) operations).get())
						.isSameAs(context.getBean("otherTemplate"));
					assertThat(container(context, "other")).extracting("services.client.client")
						.isSameAs(context.getBean("otherClient"));
				});
		}

		@Test
		void aDestinationResolverImpliesDeadLettersForExhaustedRecords() {
			this.contextRunner.withBean(DeadLetterDestinationResolver.class, () -> (record, ex) -> "elsewhere")
				.run((context) -> assertThat(options(context, "orders").delivery().exhaustedRecoverer())
					.isInstanceOf(DeadLetterPublishingRecoverer.class)
					.extracting("resolver")
					.isSameAs(context.getBean(DeadLetterDestinationResolver.class)));
		}

		@Test
		void whenADestinationResolverHasNoEffectWarns(CapturedOutput output) {
			this.contextRunner.withBean(DeadLetterDestinationResolver.class, () -> (record, ex) -> "elsewhere")
				.withBean(RecordRecoverer.class, () -> (failure) -> null)
				.run((context) -> assertThat(output).contains("the DeadLetterDestinationResolver bean has no effect"));
		}

		@Test
		void whenTheRecovererOfTheErrorHandlerReplacesTheDeadLetterStreamWarns(CapturedOutput output) {
			ErrorHandler handler = DefaultErrorHandler.builder().recoverer((failure) -> null).build();
			this.contextRunner.withBean(ErrorHandler.class, () -> handler)
				.withPropertyValues("kinesis.consumer.error.dead-letter-stream=dead")
				.run((context) -> assertThat(output).contains("('dead') has no effect").contains("[orders]"));
		}

		@Test
		void usesInterceptorsAndShardListenersInTheirOrder() {
			RecordInterceptor first = new RecordInterceptor() {
			};
			RecordInterceptor second = new RecordInterceptor() {
			};
			ShardListener shardListener = new ShardListener() {
			};
			this.contextRunner
				.withBean("b", RecordInterceptor.class, () -> second, (definition) -> order(definition, 2))
				.withBean("a", RecordInterceptor.class, () -> first, (definition) -> order(definition, 1))
				.withBean(ShardListener.class, () -> shardListener)
				.run((context) -> {
					assertThat(options(context, "orders").delivery().interceptors()).containsExactly(first, second);
					assertThat(options(context, "orders").delivery().shardListeners()).containsExactly(shardListener);
				});
		}

		@Test
		void anInterceptorThatIsNoDefaultCandidateIsNotAppliedToAllListeners() {
			this.contextRunner.withBean("own", RecordInterceptor.class, () -> new RecordInterceptor() {
			}, (definition) -> ((AbstractBeanDefinition) definition).setDefaultCandidate(false))
				.run((context) -> assertThat(options(context, "orders").delivery().interceptors()).isEmpty());
		}

		@Test
		void usesAFilterOnlyForListenersThatNameIt() {
			this.contextRunner.withBean("filter", RecordFilter.class, () -> (record) -> false)
				.run((context) -> assertThat(options(context, "orders").delivery().filter()).isNull());
		}

		@Test
		void propertiesOfTheAnnotationHaveAllKeysOfConsumersExceptThoseThatNeedAProducer() throws IOException {
			JsonNode metadata = JsonMapper.shared()
				.readTree(new ClassPathResource("META-INF/spring-configuration-metadata.json").getContentAsByteArray());
			List<String> keys = metadata.path("properties")
				.valueStream()
				.map((property) -> property.path("name").asString())
				.filter((name) -> name.startsWith("kinesis.consumer."))
				.map((name) -> name.substring("kinesis.consumer.".length()))
				.filter((name) -> !name.equals("enabled") && !name.startsWith("error.dead-letter-"))
				.toList();
			KinesisConsumerAutoConfigurationTests.this.contextRunner.withBean(UnknownProperty.class)
				.run((context) -> assertThat(context).getFailure()
					.extracting((failure) -> failure.getMessage().replaceAll(".*with one of the keys", ""))
					.satisfies(
							(message) -> assertThat(message.split("[\\[\\], ]+")).contains(keys.toArray(String[]::new))
								.hasSizeLessThan(keys.size() + 4)));
		}

		private static void order(BeanDefinition definition, int order) {
			definition.setAttribute(AbstractBeanDefinition.ORDER_ATTRIBUTE, order);
		}

	}

	@Nested
	class TaskExecutorTests {

		private final ApplicationContextRunner contextRunner = KinesisConsumerAutoConfigurationTests.this.contextRunner;

		@Test
		void autoConfiguresBeanThatNeverQueues() {
			this.contextRunner.run((context) -> {
				ThreadPoolTaskExecutor executor = context.getBean("kinesisTaskExecutor", ThreadPoolTaskExecutor.class);
				CountDownLatch together = new CountDownLatch(100);
				for (int i = 0; i < 100; i++) {
					executor.execute(() -> meet(together));
				}
				assertThat(together.await(60, TimeUnit.SECONDS)).isTrue();
				assertThat(executor.getThreadNamePrefix()).isEqualTo("kinesis-");
			});
		}

		private static void meet(CountDownLatch together) {
			together.countDown();
			try {
				together.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		@Test
		@EnabledForJreRange(min = JRE.JAVA_21)
		void whenVirtualThreadsAreEnabledUsesThem() {
			this.contextRunner.withPropertyValues("spring.threads.virtual.enabled=true")
				.run((context) -> assertThat(context.getBean("kinesisTaskExecutor"))
					.isInstanceOf(VirtualThreadTaskExecutor.class));
		}

		@Test
		void doesNotReplaceTheExecutorOfBoot() {
			this.contextRunner.run((context) -> {
				assertThat(context).hasBean("applicationTaskExecutor");
				assertThat(context.getBeanProvider(TaskExecutor.class).getIfUnique())
					.isSameAs(context.getBean("applicationTaskExecutor"));
			});
		}

		@Test
		void isInjectedOnlyByName() {
			this.contextRunner.withUserConfiguration(ExecutorUserConfiguration.class)
				.run((context) -> assertThat(context.getBean(ExecutorUser.class).executor)
					.isSameAs(context.getBean("applicationTaskExecutor")));
		}

		@Test
		void whenHasUserDefinedBeanDoesNotAutoConfigureBeanAndUsesIt() {
			Executor executor = Runnable::run;
			this.contextRunner.withBean("kinesisTaskExecutor", Executor.class, () -> executor).run((context) -> {
				assertThat(context).getBean("kinesisTaskExecutor").isSameAs(executor);
				assertThat(context.getBean(KinesisListenerContainerFactory.class))
					.hasFieldOrPropertyWithValue("executor", executor);
			});
		}

		@Test
		void whenHasUserDefinedExecutorOfAnotherNameAutoConfiguresBean() {
			this.contextRunner.withBean("mine", AsyncTaskExecutor.class, () -> mock(AsyncTaskExecutor.class))
				.run((context) -> assertThat(context).hasBean("kinesisTaskExecutor"));
		}

		@Test
		void stopsAfterTheContainers() {
			this.contextRunner.run((context) -> assertThat(
					context.getBean("kinesisTaskExecutor", ThreadPoolTaskExecutor.class).getPhase())
				.isLessThan(KinesisListenerContainer.PHASE));
		}

	}

	@Nested
	class LeaseStoreTests {

		private final ApplicationContextRunner contextRunner = KinesisConsumerAutoConfigurationTests.this.contextRunner;

		@Test
		void isADynamoDbTableOfTheApplicationsName() {
			this.contextRunner.run((context) -> {
				LeaseStoreFactory factory = context.getBean("kinesisLeaseStoreFactory", LeaseStoreFactory.class);
				assertThat(factory.create("shop")).isInstanceOf(DynamoDbLeaseStore.class)
					.isSameAs(factory.create("shop"))
					.isNotSameAs(factory.create("other"));
				assertThat(factory.create("shop")).extracting("access.table").isEqualTo(TableSettings.named("shop"));
			});
		}

		@Test
		void isTheDynamoDbTableOfTheProperties() {
			this.contextRunner
				.withPropertyValues("kinesis.lease.table-name=leases", "kinesis.lease.key-attribute=id",
						"kinesis.lease.create-table=false")
				.run((context) -> assertThat(context.getBean(LeaseStoreFactory.class).create("shop"))
					.extracting("access.table")
					.isEqualTo(new TableSettings("leases", "id", false, false, TableOptions.DEFAULTS)));
		}

		@Test
		void getsTheOptionsOfTheProperties() {
			this.contextRunner.withPropertyValues("kinesis.lease.table.billing-mode=provisioned",
					"kinesis.lease.table.read-capacity-units=5", "kinesis.lease.table.write-capacity-units=7",
					"kinesis.lease.table.table-class=standard-infrequent-access",
					"kinesis.lease.table.deletion-protection=true", "kinesis.lease.table.point-in-time-recovery=true",
					"kinesis.lease.table.tags.team=billing", "kinesis.lease.table.tags[cost.centre]=42")
				.run((context) -> assertThat(context.getBean(LeaseStoreFactory.class).create("shop"))
					.extracting("access.table.options")
					.isEqualTo(new TableOptions(TableOptions.BillingMode.PROVISIONED, 5L, 7L,
							TableOptions.TableClass.STANDARD_INFREQUENT_ACCESS, true, true,
							Map.of("team", "billing", "cost.centre", "42"))));
		}

		@Test
		void whenOptionsOfTheTableDoNotMatchNamesTheProperties() {
			this.contextRunner.withPropertyValues("kinesis.lease.table.read-capacity-units=5")
				.run((context) -> assertThatExceptionOfType(KinesisConfigurationException.class)
					.isThrownBy(() -> context.getBean(LeaseStoreFactory.class).create("shop"))
					.withMessage("kinesis.lease.table.read-capacity-units is '5' and kinesis.lease.table.billing-mode "
							+ "is not set. Set kinesis.lease.table.billing-mode to 'provisioned', "
							+ "or leave the capacity units out"));
		}

		@Test
		void mayBeASharedTable() {
			this.contextRunner.withPropertyValues("kinesis.lease.table-name=leases", "kinesis.lease.shared=true")
				.run((context) -> {
					LeaseStoreFactory factory = context.getBean(LeaseStoreFactory.class);
					assertThat(factory.create("shop")).extracting("access.table")
						.isEqualTo(TableSettings.named("leases").withSharing());
					assertThat(factory.create("reports")).extracting("access.table")
						.isEqualTo(TableSettings.named("leases").withSharing());
				});
		}

		@Test
		void whenASharedTableHasNoNameNamesTheProperty() {
			this.contextRunner.withPropertyValues("kinesis.lease.shared=true")
				.run((context) -> assertThatExceptionOfType(KinesisConfigurationException.class)
					.isThrownBy(() -> context.getBean(LeaseStoreFactory.class).create("shop"))
					.withMessage("kinesis.lease.shared is 'true' and kinesis.lease.table-name is not set. "
							+ "Set kinesis.lease.table-name to the same table in each application that shares it, "
							+ "or leave kinesis.lease.shared out"));
		}

		@Test
		void anApplicationMayHaveATableOfAnotherName() {
			this.contextRunner
				.withPropertyValues("kinesis.lease.table-name=leases", "kinesis.lease.table-names.reports=infra-42",
						"kinesis.lease.table-names[my.app]=x")
				.run((context) -> {
					LeaseStoreFactory factory = context.getBean(LeaseStoreFactory.class);
					assertThat(factory.create("shop")).extracting("access.table.name").isEqualTo("leases");
					assertThat(factory.create("reports")).extracting("access.table.name").isEqualTo("infra-42");
					assertThatExceptionOfType(KinesisConfigurationException.class)
						.isThrownBy(() -> factory.create("my.app"))
						.withMessageStartingWith("kinesis.lease.table-names.my.app is 'x'");
				});
		}

		@Test
		void importsTheTablesOfItsApplication() {
			this.contextRunner
				.withPropertyValues("kinesis.application-name=shop", "kinesis.lease.imports[0].table-name=kcl",
						"kinesis.lease.imports[0].stream=orders", "kinesis.lease.imports[1].table-name=metadata",
						"kinesis.lease.imports[1].consumer-group=group", "kinesis.lease.imports[1].application=other")
				.run((context) -> {
					LeaseStoreFactory factory = context.getBean(LeaseStoreFactory.class);
					assertThat(factory.create("shop")).extracting("imports", InstanceOfAssertFactories.LIST)
						.containsExactly(new LeaseImport("kcl", "orders", null));
					assertThat(factory.create("other")).extracting("imports", InstanceOfAssertFactories.LIST)
						.containsExactly(new LeaseImport("metadata", null, "group"));
					assertThat(factory.create("third")).extracting("imports", InstanceOfAssertFactories.LIST).isEmpty();
				});
		}

		@Test
		void anImportDefaultsToTheApplicationsNameOfSpring() {
			this.contextRunner
				.withPropertyValues("spring.application.name=billing", "kinesis.lease.imports[0].table-name=kcl")
				.run((context) -> assertThat(context.getBean(LeaseStoreFactory.class).create("billing"))
					.extracting("imports", InstanceOfAssertFactories.LIST)
					.hasSize(1));
		}

		@Test
		void whenAnImportNamesNoTableNamesTheProperty() {
			this.contextRunner
				.withPropertyValues("kinesis.lease.imports[0].table-name=kcl", "kinesis.lease.imports[1].stream=orders")
				.run((context) -> assertThatExceptionOfType(KinesisConfigurationException.class)
					.isThrownBy(() -> context.getBean(LeaseStoreFactory.class).create("shop"))
					.withMessage("kinesis.lease.imports[1].table-name is not set. "
							+ "Set it to the table whose checkpoints to import, or remove the entry"));
		}

		@Test
		void whenTheApplicationsNameIsNoTableNameSaysHowToSetOne() {
			this.contextRunner.run((context) -> assertThatExceptionOfType(KinesisConfigurationException.class)
				.isThrownBy(() -> context.getBean(LeaseStoreFactory.class).create("my shop"))
				.withMessage(
						"kinesis.lease.table-name is not set and the application's name is 'my shop', which is no name of a DynamoDB table. "
								+ "Set kinesis.lease.table-name to 3 to 255 characters out of a-z A-Z 0-9 _ . -"));
		}

		@Test
		void whenStoreIsMemoryEachApplicationHasOne() {
			this.contextRunner.withPropertyValues("kinesis.lease.store=memory").run((context) -> {
				LeaseStoreFactory factory = context.getBean(LeaseStoreFactory.class);
				assertThat(factory.create("shop")).isInstanceOf(InMemoryLeaseStore.class)
					.isSameAs(factory.create("shop"))
					.isNotSameAs(factory.create("other"));
			});
		}

		@Test
		void whenStoreIsNoneEachStartHasAnother() {
			this.contextRunner.withPropertyValues("kinesis.lease.store=none").run((context) -> {
				LeaseStoreFactory factory = context.getBean(LeaseStoreFactory.class);
				assertThat(factory.create("shop")).isInstanceOf(InMemoryLeaseStore.class)
					.isNotSameAs(factory.create("shop"));
			});
		}

		@Test
		void whenHasUserDefinedLeaseStoreItServesAll() {
			LeaseStore own = mock(LeaseStore.class);
			this.contextRunner.withBean(LeaseStore.class, () -> own)
				.withPropertyValues("kinesis.lease.store=memory")
				.run((context) -> assertThat(context.getBean(LeaseStoreFactory.class).create("any")).isSameAs(own));
		}

		@Test
		void whenHasUserDefinedFactoryDoesNotAutoConfigureBean() {
			LeaseStoreFactory own = mock(LeaseStoreFactory.class);
			this.contextRunner.withBean("mine", LeaseStoreFactory.class, () -> own)
				.run((context) -> assertThat(context).getBean(LeaseStoreFactory.class).isSameAs(own));
		}

		@Test
		void whenDynamoDbIsNotOnTheClassPathFailsOnlyWhenItIsNeeded() {
			this.contextRunner.withClassLoader(new FilteredClassLoader("software.amazon.awssdk.services.dynamodb"))
				.run((context) -> assertThatExceptionOfType(KinesisConfigurationException.class)
					.isThrownBy(() -> context.getBean(LeaseStoreFactory.class).create("shop"))
					.withMessageContaining("Add the dependency software.amazon.awssdk:dynamodb"));
		}

		@Test
		void whenStoreIsMemoryNeedsNoDynamoDb() {
			this.contextRunner.withClassLoader(new FilteredClassLoader("software.amazon.awssdk.services.dynamodb"))
				.withPropertyValues("kinesis.lease.store=memory")
				.run((context) -> assertThat(context.getBean(LeaseStoreFactory.class).create("shop"))
					.isInstanceOf(InMemoryLeaseStore.class));
		}

		@Test
		void whenStoreIsNoneNeedsNoDynamoDb() {
			this.contextRunner.withClassLoader(new FilteredClassLoader("software.amazon.awssdk.services.dynamodb"))
				.withPropertyValues("kinesis.lease.store=none")
				.run((context) -> assertThat(context.getBean(LeaseStoreFactory.class).create("shop"))
					.isInstanceOf(InMemoryLeaseStore.class));
		}

		@Test
		void mayComeFromAnotherLibrary() {
			ApplicationContextRunner runner = this.contextRunner
				.withConfiguration(AutoConfigurations.of(TinyLeaseStoreAutoConfiguration.class));
			runner.withPropertyValues("kinesis.lease.store=tiny").run((context) -> {
				assertThat(context).hasSingleBean(LeaseStoreFactory.class);
				assertThat(context.getBean(LeaseStoreFactory.class).create("shop"))
					.isSameAs(TinyLeaseStoreAutoConfiguration.STORE);
				assertThat(context.getBean(KinesisListenerContainerFactory.class)).extracting("services.leaseStores")
					.isSameAs(context.getBean(LeaseStoreFactory.class));
			});
			runner.run((context) -> assertThat(context.getBean(LeaseStoreFactory.class).create("shop"))
				.isInstanceOf(DynamoDbLeaseStore.class));
		}

		@Test
		void whenStoreIsUnknownNamesTheProperty() {
			this.contextRunner.withPropertyValues("kinesis.lease.store=redis")
				.run((context) -> assertThat(context).hasFailed()
					.getFailure()
					.rootCause()
					.isInstanceOf(KinesisConfigurationException.class)
					.hasMessageStartingWith(
							"kinesis.lease.store is 'redis', and nothing on the class path brings such a lease store"));
		}

	}

	@Nested
	class DynamoDbClientTests {

		private final ApplicationContextRunner contextRunner = KinesisConsumerAutoConfigurationTests.this.contextRunner;

		@Test
		void isCreatedOnlyWhenAContainerStarts() {
			this.contextRunner.withUserConfiguration(OrdersConfiguration.class)
				.run((context) -> assertThat(isMade(context)).isFalse());
		}

		@Test
		void isCreatedWithALeaseStore() {
			this.contextRunner.withPropertyValues("kinesis.dynamodb.endpoint=http://localhost:8000").run((context) -> {
				LeaseStore leaseStore = context.getBean(LeaseStoreFactory.class).create("shop");
				assertThat(isMade(context)).isTrue();
				DynamoDbAsyncClient client = context.getBean(DYNAMODB_CLIENT, DynamoDbAsyncClient.class);
				assertThat(leaseStore).hasFieldOrPropertyWithValue("access.client", client);
				assertThat(client.serviceClientConfiguration().endpointOverride())
					.hasValueSatisfying((endpoint) -> assertThat(endpoint).hasToString("http://localhost:8000"));
				assertThat(client.serviceClientConfiguration().overrideConfiguration().apiCallTimeout())
					.hasValue(Duration.ofSeconds(10));
			});
		}

		@Test
		void whenHasUserDefinedClientUsesIt() {
			DynamoDbAsyncClient own = mock(DynamoDbAsyncClient.class);
			this.contextRunner.withBean("mine", DynamoDbAsyncClient.class, () -> own).run((context) -> {
				assertThat(context.getBean(LeaseStoreFactory.class).create("shop"))
					.hasFieldOrPropertyWithValue("access.client", own);
				assertThat(isMade(context)).isFalse();
			});
		}

		@Test
		void whenHasSeveralUserDefinedClientsCreatesItsOwn() {
			this.contextRunner.withBean("one", DynamoDbAsyncClient.class, () -> mock(DynamoDbAsyncClient.class))
				.withBean("two", DynamoDbAsyncClient.class, () -> mock(DynamoDbAsyncClient.class))
				.run((context) -> assertThat(context.getBean(LeaseStoreFactory.class).create("shop"))
					.hasFieldOrPropertyWithValue("access.client", context.getBean(DYNAMODB_CLIENT)));
		}

		@Test
		void isInjectedOnlyByName() {
			this.contextRunner.withUserConfiguration(DynamoDbUserConfiguration.class)
				.run((context) -> assertThat(context.getBean(DynamoDbUser.class).client).isNull());
		}

		private static boolean isMade(ApplicationContext context) {
			return ((ConfigurableApplicationContext) context).getBeanFactory().containsSingleton(DYNAMODB_CLIENT);
		}

	}

	@Nested
	class ShutdownTimeoutsTests {

		private final ApplicationContextRunner contextRunner = KinesisConsumerAutoConfigurationTests.this.contextRunner
			.withUserConfiguration(OrdersConfiguration.class);

		@Test
		void coverTheShutdownTimeoutOfContainers() {
			this.contextRunner.withPropertyValues("kinesis.listeners.orders.shutdown-timeout=1m")
				.run((context) -> assertThat(context.getBean(DefaultLifecycleProcessor.class))
					.extracting("timeoutsForShutdownPhases")
					.asInstanceOf(InstanceOfAssertFactories.map(Integer.class, Long.class))
					.containsEntry(KinesisListenerContainer.PHASE, 65_000L));
		}

		@Test
		void whenTheApplicationSetsATimeoutForAllDoNotChangeIt() {
			this.contextRunner
				.withPropertyValues("kinesis.consumer.shutdown-timeout=1m",
						"spring.lifecycle.timeout-per-shutdown-phase=20s")
				.run((context) -> assertThat(ReflectionTestUtils
					.getField(context.getBean(DefaultLifecycleProcessor.class), "timeoutsForShutdownPhases"))
					.asInstanceOf(InstanceOfAssertFactories.MAP)
					.isEmpty());
		}

	}

	static class Orders {

		@KinesisListener(id = "orders", streams = "orders", ackMode = "record")
		void onOrder(String order) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherAccountConfiguration {

		@Bean(defaultCandidate = false)
		KinesisAsyncClient otherClient() {
			return mock(KinesisAsyncClient.class);
		}

		@Bean(defaultCandidate = false)
		KinesisOperations otherTemplate() {
			return mock(KinesisOperations.class);
		}

		@Bean
		KinesisListenerContainerFactory other(KinesisListenerContainerFactoryConfigurer configurer,
				@Qualifier("otherClient") KinesisAsyncClient client,
				@Qualifier("otherTemplate") KinesisOperations template) {
			return configurer.create(client, template);
		}

		@KinesisListener(id = "other", streams = "other", containerFactory = "other")
		void onOther(String other) {
		}

	}

	static class UnknownProperty {

		@KinesisListener(streams = "orders", properties = "unknown=1")
		void onOrder(String order) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OrdersConfiguration {

		@Bean
		Orders ordersListener() {
			return new Orders();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherConfiguration {

		@Bean
		List<String> other() {
			return List.of();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class RegistryConfiguration {

		@Bean
		KinesisListenerContainerRegistry mine(ConfigurableApplicationContext context) {
			return new KinesisListenerContainerRegistry(context.getBeanFactory());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ExecutorUserConfiguration {

		@Bean
		ExecutorUser executorUser(Executor executor) {
			return new ExecutorUser(executor);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class DynamoDbUserConfiguration {

		@Bean
		DynamoDbUser dynamoDbUser(ObjectProvider<DynamoDbAsyncClient> client) {
			return new DynamoDbUser(client.getIfUnique());
		}

	}

	record DynamoDbUser(DynamoDbAsyncClient client) {

	}

	record ExecutorUser(Executor executor) {

	}

	/**
	 * All that a library has to bring whose lease store is of another kind.
	 */
	@AutoConfiguration(before = KinesisLeaseStoreAutoConfiguration.class)
	@ConditionalOnProperty(name = "kinesis.lease.store", havingValue = "tiny")
	static class TinyLeaseStoreAutoConfiguration {

		private static final LeaseStore STORE = new InMemoryLeaseStore();

		@Bean
		@ConditionalOnMissingBean
		LeaseStoreFactory tinyLeaseStoreFactory() {
			return (application) -> STORE;
		}

	}

}

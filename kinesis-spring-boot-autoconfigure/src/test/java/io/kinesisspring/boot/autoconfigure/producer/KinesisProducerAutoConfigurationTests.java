package io.kinesisspring.boot.autoconfigure.producer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.ExecutionException;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.core.Ordered;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.validation.Errors;
import org.springframework.validation.SmartValidator;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.boot.autoconfigure.client.KinesisClientAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.consumer.KinesisConsumerAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.converter.KinesisConverterAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.lease.KinesisLeaseStoreAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.lease.dynamodb.KinesisDynamoDbLeaseStoreAutoConfiguration;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.producer.KinesisOperations;
import io.kinesisspring.producer.KinesisTemplate;
import io.kinesisspring.producer.ProducerOptions;
import io.kinesisspring.producer.ProducerOptions.Aggregation;
import io.kinesisspring.producer.ProducerRecord;
import io.kinesisspring.producer.SendInterceptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link KinesisProducerAutoConfiguration}.
 */
class KinesisProducerAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, KinesisClientAutoConfiguration.class,
				KinesisConverterAutoConfiguration.class, KinesisLeaseStoreAutoConfiguration.class,
				KinesisDynamoDbLeaseStoreAutoConfiguration.class, KinesisConsumerAutoConfiguration.class,
				KinesisProducerAutoConfiguration.class))
		.withBean(KinesisAsyncClient.class, () -> mock(KinesisAsyncClient.class));

	@Nested
	class TemplateTests {

		private final ApplicationContextRunner contextRunner = KinesisProducerAutoConfigurationTests.this.contextRunner;

		@Test
		void autoConfiguresBean() {
			this.contextRunner.run((context) -> assertThat(context).hasSingleBean(KinesisTemplate.class)
				.hasSingleBean(KinesisOperations.class)
				.hasBean("kinesisTemplate"));
		}

		@Test
		void injectsExpectedBeans() {
			RecordConverter converter = mock(RecordConverter.class);
			this.contextRunner.withBean(RecordConverter.class, () -> converter)
				.run((context) -> assertThat(ReflectionTestUtils.getField(
						ReflectionTestUtils.getField(context.getBean(KinesisTemplate.class), "preparer"), "converter"))
					.isSameAs(converter));
		}

		@Test
		void whenHasUserDefinedBeanDoesNotAutoConfigureBean() {
			KinesisOperations operations = mock(KinesisOperations.class);
			this.contextRunner.withBean("mine", KinesisOperations.class, () -> operations)
				.run((context) -> assertThat(context).doesNotHaveBean(KinesisTemplate.class)
					.getBean(KinesisOperations.class)
					.isSameAs(operations));
		}

		@Test
		void appliesTheProperties() {
			this.contextRunner
				.withPropertyValues("kinesis.producer.default-stream=orders", "kinesis.producer.linger=500ms",
						"kinesis.producer.target-delay=0")
				.run((context) -> {
					ProducerOptions options = context.getBean(KinesisTemplate.class).options();
					assertThat(options.defaultStream()).isEqualTo("orders");
					assertThat(options.linger()).isEqualTo(Duration.ofMillis(500));
					assertThat(options.targetDelay()).isZero();
				});
		}

		@Test
		void whenAPropertyIsOutOfRangeFailsWithItsName() {
			this.contextRunner.withPropertyValues("kinesis.producer.max-batch-records=0")
				.run((context) -> assertThat(context).hasFailed()
					.getFailure()
					.hasStackTraceContaining(KinesisConfigurationException.class.getName())
					.hasStackTraceContaining("kinesis.producer.max-batch-records must be from 1 to 500 but was 0"));
		}

		@Test
		void appliesTheAggregationProperty() {
			this.contextRunner.withPropertyValues("kinesis.producer.aggregation=key")
				.run((context) -> assertThat(context.getBean(KinesisTemplate.class).options().aggregation())
					.isEqualTo(Aggregation.KEY));
		}

		@Test
		void callsInterceptorsInTheirOrder() {
			List<String> seen = new ArrayList<>();
			this.contextRunner.withBean("later", SendInterceptor.class, () -> new Watching(seen, 2))
				.withBean("sooner", SendInterceptor.class, () -> new Watching(seen, 1))
				.withPropertyValues("kinesis.producer.shutdown-timeout=100ms")
				.run((context) -> {
					context.getBean(KinesisTemplate.class).send("s", "x");
					assertThat(seen).containsExactly("1: x", "2: x");
				});
		}

		@Test
		void validatesPayloadsIfThereIsAValidator() {
			SmartValidator validator = mock(SmartValidator.class);
			given(validator.supports(Date.class)).willReturn(true);
			willAnswer((invocation) -> {
				invocation.<Errors>getArgument(1).reject("Wrong");
				return null;
			}).given(validator).validate(any(), any());
			this.contextRunner.withBean(SmartValidator.class, () -> validator)
				.run((context) -> assertThat(context.getBean(KinesisTemplate.class).send("s", new Date()))
					.isCompletedExceptionally()
					.failsWithin(Duration.ZERO)
					.withThrowableOfType(ExecutionException.class)
					.withMessageContaining("is not valid: Wrong"));
		}

		@Test
		void existsWhenConsumersAreDisabled() {
			this.contextRunner.withPropertyValues("kinesis.consumer.enabled=false")
				.run((context) -> assertThat(context).hasSingleBean(KinesisTemplate.class));
		}

		@Test
		void needsNoDynamoDb() {
			this.contextRunner.withClassLoader(new FilteredClassLoader("software.amazon.awssdk.services.dynamodb"))
				.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(KinesisTemplate.class));
		}

		@Test
		void stopsAfterTheListeners() {
			this.contextRunner.run((context) -> assertThat(context.getBean(KinesisTemplate.class).getPhase())
				.isLessThan(KinesisListenerContainer.PHASE));
		}

		@Test
		void theTimeoutOfItsPhaseCoversItsShutdownTimeout() {
			this.contextRunner.withPropertyValues("kinesis.producer.shutdown-timeout=2m")
				.run((context) -> assertThat(context.getBean(DefaultLifecycleProcessor.class))
					.extracting("timeoutsForShutdownPhases")
					.asInstanceOf(InstanceOfAssertFactories.map(Integer.class, Long.class))
					.containsEntry(context.getBean(KinesisTemplate.class).getPhase(), 125_000L));
		}

	}

	private record Watching(List<String> seen, int getOrder) implements SendInterceptor, Ordered {

		@Override
		public ProducerRecord<?> beforeSend(ProducerRecord<?> record) {
			this.seen.add(this.getOrder + ": " + record.payload());
			return record;
		}

	}

}

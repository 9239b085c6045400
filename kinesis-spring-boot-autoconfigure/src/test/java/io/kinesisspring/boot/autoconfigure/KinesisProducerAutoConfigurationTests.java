package io.kinesisspring.boot.autoconfigure;

import java.time.Duration;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.test.util.ReflectionTestUtils;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.producer.KinesisOperations;
import io.kinesisspring.producer.KinesisTemplate;
import io.kinesisspring.producer.ProducerOptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link KinesisProducerAutoConfiguration}.
 */
class KinesisProducerAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, KinesisClientAutoConfiguration.class,
				KinesisConverterAutoConfiguration.class, KinesisConsumerAutoConfiguration.class,
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
		void sendsAsThePropertiesSay() {
			this.contextRunner
				.withPropertyValues("kinesis.producer.default-stream=orders", "kinesis.producer.linger=500ms")
				.run((context) -> {
					ProducerOptions options = context.getBean(KinesisTemplate.class).options();
					assertThat(options.defaultStream()).isEqualTo("orders");
					assertThat(options.linger()).isEqualTo(Duration.ofMillis(500));
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
		void staysWhenConsumersAreDisabled() {
			this.contextRunner.withPropertyValues("kinesis.consumer.enabled=false")
				.run((context) -> assertThat(context).hasSingleBean(KinesisTemplate.class));
		}

		@Test
		void needsNoDynamoDb() {
			this.contextRunner.withClassLoader(new FilteredClassLoader("software.amazon.awssdk.services.dynamodb"))
				.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(KinesisTemplate.class));
		}

		@Test
		void stopsBehindTheListeners() {
			this.contextRunner.run((context) -> assertThat(context.getBean(KinesisTemplate.class).getPhase())
				.isLessThan(KinesisListenerContainer.PHASE));
		}

		@Test
		void mayTakeTheTimeThatItsCloseTimeoutGivesIt() {
			this.contextRunner.withPropertyValues("kinesis.producer.close-timeout=2m")
				.run((context) -> assertThat(context.getBean(DefaultLifecycleProcessor.class))
					.extracting("timeoutsForShutdownPhases")
					.asInstanceOf(InstanceOfAssertFactories.map(Integer.class, Long.class))
					.containsEntry(context.getBean(KinesisTemplate.class).getPhase(), 125_000L));
		}

	}

}

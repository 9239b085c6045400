package io.kinesisspring.boot.autoconfigure.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.propagation.Propagator;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.test.util.ReflectionTestUtils;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.boot.autoconfigure.client.KinesisClientAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.consumer.KinesisConsumerAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.converter.KinesisConverterAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.lease.KinesisLeaseStoreAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.lease.dynamodb.KinesisDynamoDbLeaseStoreAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.producer.KinesisProducerAutoConfiguration;
import io.kinesisspring.listener.ContainerOptions;
import io.kinesisspring.listener.DeliveryOptions;
import io.kinesisspring.listener.KinesisListenerContainerFactory;
import io.kinesisspring.observation.DefaultKinesisBatchObservationConvention;
import io.kinesisspring.observation.DefaultKinesisRecordObservationConvention;
import io.kinesisspring.observation.DefaultKinesisSendObservationConvention;
import io.kinesisspring.observation.KinesisBatchContext;
import io.kinesisspring.observation.KinesisObservations;
import io.kinesisspring.producer.KinesisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link KinesisObservationAutoConfiguration}.
 */
class KinesisObservationAutoConfigurationTests {

	private final ApplicationContextRunner defaults = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(KinesisClientAutoConfiguration.class,
				KinesisConverterAutoConfiguration.class, KinesisObservationAutoConfiguration.class,
				KinesisLeaseStoreAutoConfiguration.class, KinesisDynamoDbLeaseStoreAutoConfiguration.class,
				KinesisConsumerAutoConfiguration.class, KinesisProducerAutoConfiguration.class))
		.withPropertyValues("kinesis.lease.store=memory")
		.withBean(KinesisAsyncClient.class, () -> mock(KinesisAsyncClient.class));

	private final ApplicationContextRunner contextRunner = this.defaults
		.withPropertyValues("kinesis.consumer.observation-enabled=true", "kinesis.producer.observation-enabled=true");

	@Test
	void withoutARegistryNobodyObserves() {
		this.contextRunner.run((context) -> {
			assertThat(context.getBean(KinesisObservations.class).isNoop()).isTrue();
			assertThat(ofTheListeners(context)).isSameAs(ofTheTemplate(context));
		});
	}

	@Test
	void theApplicationsRegistryObservesSendsAndListeners() {
		this.contextRunner.withBean(ObservationRegistry.class, ObservationRegistry::create).run((context) -> {
			ObservationRegistry registry = context.getBean(ObservationRegistry.class);
			assertThat(ofTheListeners(context).registry()).isSameAs(registry);
			assertThat(ofTheTemplate(context).registry()).isSameAs(registry);
		});
	}

	@Test
	void unlessSwitchedOnNobodyObserves() {
		this.defaults.withBean(ObservationRegistry.class, ObservationRegistry::create).run((context) -> {
			assertThat(listenersAreObserved(context)).isFalse();
			assertThat(ofTheTemplate(context)).isSameAs(KinesisObservations.NONE);
		});
	}

	@Test
	void eachSideIsSwitchedOnByItself() {
		this.defaults.withBean(ObservationRegistry.class, ObservationRegistry::create)
			.withPropertyValues("kinesis.consumer.observation-enabled=true")
			.run((context) -> {
				assertThat(listenersAreObserved(context)).isTrue();
				assertThat(ofTheTemplate(context)).isSameAs(KinesisObservations.NONE);
			});
		this.defaults.withBean(ObservationRegistry.class, ObservationRegistry::create)
			.withPropertyValues("kinesis.producer.observation-enabled=true")
			.run((context) -> {
				assertThat(listenersAreObserved(context)).isFalse();
				assertThat(ofTheTemplate(context)).isSameAs(context.getBean(KinesisObservations.class));
			});
	}

	@Test
	void usesTheApplicationsConventions() {
		this.contextRunner.withBean(MySend.class).withBean(MyRecord.class).withBean(MyBatch.class).run((context) -> {
			KinesisObservations observations = ofTheListeners(context);
			assertThat(observations.send()).isInstanceOf(MySend.class);
			assertThat(observations.record()).isInstanceOf(MyRecord.class);
			assertThat(observations.batch()).isInstanceOf(MyBatch.class);
		});
	}

	@Test
	void batchesAreLinkedWhereThereIsTracing() {
		withTracing().run((context) -> {
			assertThat(context).hasSingleBean(BatchTracingObservationHandler.class);
			assertThat(handlerOf(context, mock(KinesisBatchContext.class)))
				.isInstanceOf(BatchTracingObservationHandler.class);
		});
	}

	@Test
	void withoutATracerThereIsNothingToLink() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(BatchTracingObservationHandler.class));
	}

	@Test
	void worksWithoutTracingOnTheClassPath() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("io.micrometer.tracing"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(KinesisObservations.class));
	}

	private ApplicationContextRunner withTracing() {
		return this.contextRunner
			.withConfiguration(
					AutoConfigurations.of(ObservationAutoConfiguration.class, MicrometerTracingAutoConfiguration.class))
			.withBean(Tracer.class, () -> mock(Tracer.class))
			.withBean(Propagator.class, () -> mock(Propagator.class));
	}

	/**
	 * Of a composite that asks its handlers in turn, the first that is responsible.
	 */
	private static ObservationHandler<?> handlerOf(ApplicationContext context, Observation.Context observed) {
		return context.getBeanProvider(PropagatingReceiverTracingObservationHandler.class)
			.orderedStream()
			.filter((handler) -> handler.supportsContext(observed))
			.findFirst()
			.orElseThrow();
	}

	private static KinesisObservations ofTheTemplate(ApplicationContext context) {
		return (KinesisObservations) ReflectionTestUtils.getField(
				ReflectionTestUtils.getField(context.getBean(KinesisTemplate.class), "observedSends"), "observations");
	}

	private static KinesisObservations ofTheListeners(ApplicationContext context) {
		assertThat(listenersAreObserved(context)).isTrue();
		return deliveryOptions(context).observations();
	}

	private static boolean listenersAreObserved(ApplicationContext context) {
		return deliveryOptions(context).observationEnabled();
	}

	private static DeliveryOptions deliveryOptions(ApplicationContext context) {
		return ((ContainerOptions) ReflectionTestUtils.getField(context.getBean(KinesisListenerContainerFactory.class),
				"options"))
			.delivery();
	}

	static final class MySend extends DefaultKinesisSendObservationConvention {

	}

	static final class MyRecord extends DefaultKinesisRecordObservationConvention {

	}

	static final class MyBatch extends DefaultKinesisBatchObservationConvention {

	}

}

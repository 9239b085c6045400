package io.kinesisspring.boot.autoconfigure;

import java.util.Map;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.boot.autoconfigure.client.KinesisClientAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.consumer.KinesisConsumerAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.converter.KinesisConverterAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.lease.KinesisLeaseStoreAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.lease.dynamodb.KinesisDynamoDbLeaseStoreAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.metrics.KinesisMetricsAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.producer.KinesisProducerAutoConfiguration;
import io.kinesisspring.boot.endpoint.KinesisEndpointAutoConfiguration;
import io.kinesisspring.boot.health.KinesisHealthAutoConfiguration;
import io.kinesisspring.listener.ContainerOptions;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.metrics.KinesisMetrics;
import io.kinesisspring.producer.KinesisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

/**
 * Tests for parent and child contexts that are both auto-configured.
 */
@ExtendWith(OutputCaptureExtension.class)
class ContextHierarchyTests {

	@Test
	void eachContextHasItsOwnListenersWithItsOwnProperties() {
		try (ConfigurableApplicationContext parent = parent(Orders.class, "kinesis.consumer.max-records=7");
				ConfigurableApplicationContext child = child(parent, Clicks.class, "kinesis.application-name=clicks",
						"kinesis.consumer.max-records=8", "kinesis.region=eu-west-1")) {
			assertThat(registry(parent).getContainers()).extracting(KinesisListenerContainer::getId)
				.containsExactly("orders");
			assertThat(registry(child).getContainers()).extracting(KinesisListenerContainer::getId)
				.containsExactly("clicks");
			assertThat(options(parent, "orders").reader().maxRecords()).isEqualTo(7);
			assertThat(options(child, "clicks").reader().maxRecords()).isEqualTo(8);
			assertThat(options(child, "clicks").application()).isEqualTo("clicks");
			assertThat(child.getBean(KinesisListenerContainer.class).getId()).isEqualTo("clicks");
			assertThat(region(parent)).isEqualTo("eu-central-1");
			assertThat(region(child)).isEqualTo("eu-west-1");
			assertThat(child.getBean(KinesisTemplate.class)).isNotSameAs(parent.getBean(KinesisTemplate.class));
		}
	}

	@Test
	void childrenUseTheBeansOfTheirParent() {
		try (ConfigurableApplicationContext parent = parent(OwnClient.class);
				ConfigurableApplicationContext child = child(parent, Clicks.class)) {
			assertThat(child.getBean(KinesisAsyncClient.class)).isSameAs(parent.getBean("own"));
			assertThat(registry(child).getContainers()).hasSize(1);
		}
	}

	@Test
	void listenersOfBothHaveDistinctNames() {
		try (ConfigurableApplicationContext parent = parent(Orders.class)) {
			assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(() -> child(parent, Orders.class))
				.withMessageStartingWith("The id 'orders' of the listener ");
			assertThatExceptionOfType(KinesisConfigurationException.class)
				.isThrownBy(() -> child(parent, FurtherOrders.class))
				.withMessageStartingWith("Two listeners read the stream 'orders' as application 'shop'");
			child(parent, Clicks.class).close();
			child(parent, Clicks.class).close();
			assertThat(registry(parent).getAllContainers()).hasSize(1);
		}
	}

	@Test
	void aContextWithListenersAndWithoutAutoConfigurationFailsTheStart() {
		try (ConfigurableApplicationContext parent = parent(Orders.class)) {
			assertThatExceptionOfType(KinesisConfigurationException.class)
				.isThrownBy(() -> new SpringApplicationBuilder(Clicks.class).web(WebApplicationType.NONE)
					.properties("kinesis.consumer.enabled=true")
					.parent(parent)
					.run())
				.withMessageContaining("has no auto-configuration of its own, so that nobody would call them")
				.withMessageContaining("contextHierarchyTests.Clicks");
			new SpringApplicationBuilder(Clicks.class).web(WebApplicationType.NONE)
				.properties("kinesis.consumer.enabled=false")
				.parent(parent)
				.run()
				.close();
		}
		try (ConfigurableApplicationContext parent = new SpringApplicationBuilder(Clicks.class)
			.web(WebApplicationType.NONE)
			.run()) {
			assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(() -> child(parent, Orders.class))
				.withMessageContaining("has no auto-configuration of its own, so that nobody would call them");
		}
	}

	@Test
	void healthAndEndpointOfEitherShowTheListenersOfBoth() {
		try (ConfigurableApplicationContext parent = parent(Orders.class);
				ConfigurableApplicationContext child = child(parent, Clicks.class)) {
			for (ConfigurableApplicationContext context : new ConfigurableApplicationContext[] { parent, child }) {
				Map<String, HealthIndicator> indicators = context.getBeansOfType(HealthIndicator.class);
				assertThat(indicators).containsOnlyKeys("kinesisHealthContributor");
				assertThat(indicators.get("kinesisHealthContributor").health().getDetails().get("listeners"))
					.asInstanceOf(InstanceOfAssertFactories.MAP)
					.containsOnlyKeys("orders", "clicks");
				assertThat(context.getBean("kinesisEndpoint")).extracting("registry").isSameAs(registry(context));
			}
			assertThat(registry(parent).getContainer("clicks")).isSameAs(registry(child).getContainer("clicks"));
			assertThat(child.getBean(KinesisMetrics.class)).isSameAs(parent.getBean(KinesisMetrics.class));
		}
	}

	@Test
	void aParentChecksItsPropertiesOnce(CapturedOutput output) {
		try (ConfigurableApplicationContext parent = parent(Orders.class, "kinesis.listeners.ordres.max-records=1");
				ConfigurableApplicationContext child = child(parent, Clicks.class,
						"kinesis.listeners.orders.max-records=1")) {
			assertThat(child.isActive()).isTrue();
			assertThat(output.toString().split("kinesis.listeners.ordres.\\* has no effect", -1)).hasSize(2);
			assertThat(output).doesNotContain("kinesis.listeners.orders.* has no effect");
		}
	}

	private static ConfigurableApplicationContext parent(Class<?> configuration, String... properties) {
		return builder(configuration, properties).run();
	}

	private static ConfigurableApplicationContext child(ConfigurableApplicationContext parent, Class<?> configuration,
			String... properties) {
		return builder(configuration, properties).parent(parent).run();
	}

	private static SpringApplicationBuilder builder(Class<?> configuration, String... properties) {
		return new SpringApplicationBuilder(Common.class, configuration).web(WebApplicationType.NONE)
			.properties("spring.application.name=shop", "kinesis.region=eu-central-1",
					"kinesis.credentials.access-key=access", "kinesis.credentials.secret-key=secret",
					"kinesis.lease.store=memory", "kinesis.consumer.auto-startup=false",
					"management.endpoints.web.exposure.include=kinesis")
			.properties(properties);
	}

	private static KinesisListenerContainerRegistry registry(ConfigurableApplicationContext context) {
		return context.getBean(KinesisListenerContainerRegistry.class);
	}

	private static ContainerOptions options(ConfigurableApplicationContext context, String id) {
		return registry(context).getContainer(id).getOptions();
	}

	private static String region(ConfigurableApplicationContext context) {
		return context.getBean(KinesisAsyncClient.class).serviceClientConfiguration().region().id();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ KinesisClientAutoConfiguration.class, KinesisLeaseStoreAutoConfiguration.class,
			KinesisDynamoDbLeaseStoreAutoConfiguration.class, KinesisConsumerAutoConfiguration.class,
			KinesisConverterAutoConfiguration.class, KinesisProducerAutoConfiguration.class,
			KinesisMetricsAutoConfiguration.class, KinesisHealthAutoConfiguration.class,
			KinesisEndpointAutoConfiguration.class })
	static class Common {

	}

	@Configuration(proxyBeanMethods = false)
	static class Orders {

		@Bean
		MeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

		@KinesisListener(id = "orders", streams = "orders")
		void onOrder(String order) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FurtherOrders {

		@KinesisListener(id = "further", streams = "orders")
		void onOrder(String order) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Clicks {

		@KinesisListener(id = "clicks", streams = "clicks")
		void onClick(String click) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnClient {

		@Bean(destroyMethod = "")
		KinesisAsyncClient own() {
			return mock(KinesisAsyncClient.class);
		}

	}

}

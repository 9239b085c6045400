package io.kinesisspring.boot.autoconfigure.metrics;

import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.boot.autoconfigure.client.KinesisClientAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.consumer.KinesisConsumerAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.converter.KinesisConverterAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.lease.KinesisLeaseStoreAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.lease.dynamodb.KinesisDynamoDbLeaseStoreAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.producer.KinesisProducerAutoConfiguration;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.lease.dynamodb.TableObserver;
import io.kinesisspring.listener.ContainerOptionsCustomizer;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.listener.ListenerObserver;
import io.kinesisspring.metrics.KinesisMetrics;
import io.kinesisspring.producer.KinesisTemplate;
import io.kinesisspring.producer.SendObserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link KinesisMetricsAutoConfiguration}.
 */
class KinesisMetricsAutoConfigurationTests {

	private final ApplicationContextRunner withoutRegistry = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(KinesisMetricsAutoConfiguration.class,
				KinesisClientAutoConfiguration.class, KinesisConverterAutoConfiguration.class,
				KinesisLeaseStoreAutoConfiguration.class, KinesisDynamoDbLeaseStoreAutoConfiguration.class,
				KinesisConsumerAutoConfiguration.class, KinesisProducerAutoConfiguration.class))
		.withPropertyValues("spring.application.name=billing", "kinesis.consumer.auto-startup=false")
		.withBean(KinesisAsyncClient.class, () -> mock(KinesisAsyncClient.class))
		.withBean(Orders.class);

	private final ApplicationContextRunner contextRunner = this.withoutRegistry
		.withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class,
				CompositeMeterRegistryAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class));

	@Test
	void bindsListenersTemplateAndTable() {
		this.contextRunner.run((context) -> {
			KinesisMetrics metrics = context.getBean(KinesisMetrics.class);
			assertThat(observer(context.getBean(KinesisListenerContainerRegistry.class)))
				.isSameAs(metrics.listener("orders"));
			assertThat(context.getBean(KinesisTemplate.class).options().observer()).isSameAs(metrics.templates());
			assertThat(context.getBean(TableObserver.class)).isSameAs(metrics.tables());
			assertThat(context.getBean(MeterRegistry.class).get("kinesis.producer.buffer.size").gauge().value())
				.isEqualTo(64 << 20);
		});
	}

	@Test
	void whenThereIsNoRegistryNothingIsObserved() {
		this.withoutRegistry.run((context) -> {
			assertThat(context).doesNotHaveBean(KinesisMetrics.class);
			assertNothingIsObserved(context.getBean(KinesisListenerContainerRegistry.class),
					context.getBean(KinesisTemplate.class));
		});
	}

	@Test
	void whenMicrometerIsAbsentNothingIsObserved() {
		this.withoutRegistry.withClassLoader(new FilteredClassLoader("io.micrometer.core")).run((context) -> {
			assertThat(context).hasNotFailed().doesNotHaveBean(KinesisMetricsAutoConfiguration.class);
			assertNothingIsObserved(context.getBean(KinesisListenerContainerRegistry.class),
					context.getBean(KinesisTemplate.class));
		});
	}

	@Test
	void theManagementPropertyTurnsMetersOff() {
		this.withoutRegistry
			.withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class,
					CompositeMeterRegistryAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class))
			.withPropertyValues("management.metrics.enable.kinesis=false")
			.run((context) -> {
				context.getBean(KinesisMetrics.class).listener("orders").onAcquired("orders", "shardId-000000000000");
				assertThat(context.getBean(MeterRegistry.class).getMeters()).isEmpty();
			});
	}

	@Test
	void worksWithoutDynamoDb() {
		this.contextRunner.withPropertyValues("kinesis.lease.store=memory")
			.withClassLoader(new FilteredClassLoader(DynamoDbAsyncClient.class))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(KinesisMetrics.class));
	}

	@Test
	void shardsAreNoTagUnlessAskedFor() {
		this.contextRunner.run((context) -> assertThat(
				tagsOfRecords(context.getBean(KinesisMetrics.class), context.getBean(MeterRegistry.class)))
			.containsExactlyInAnyOrder("listener", "stream"));
		this.contextRunner.withPropertyValues("kinesis.metrics.include-shard-tag=true")
			.run((context) -> assertThat(
					tagsOfRecords(context.getBean(KinesisMetrics.class), context.getBean(MeterRegistry.class)))
				.containsExactlyInAnyOrder("listener", "stream", "shard"));
	}

	@Test
	void theSdkMeasuresIfAskedFor() {
		try (EmbeddedKinesisServer server = EmbeddedKinesisServer.builder().stream("orders", 1).start()) {
			ApplicationContextRunner withServer = new ApplicationContextRunner()
				.withConfiguration(AutoConfigurations.of(KinesisClientAutoConfiguration.class,
						KinesisDynamoDbLeaseStoreAutoConfiguration.class, KinesisMetricsAutoConfiguration.class))
				.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
				.withPropertyValues(server.properties()
					.entrySet()
					.stream()
					.map((property) -> property.getKey() + "=" + property.getValue())
					.toArray(String[]::new));
			withServer.run((context) -> {
				context.getBean(KinesisAsyncClient.class).listStreams().join();
				assertThat(context.getBean(MeterRegistry.class).find("kinesis.sdk.calls").timers()).isEmpty();
			});
			withServer.withPropertyValues("kinesis.metrics.sdk-enabled=true").run((context) -> {
				context.getBean(KinesisAsyncClient.class).listStreams().join();
				context.getBean(DynamoDbAsyncClient.class).listTables().join();
				MeterRegistry registry = context.getBean(MeterRegistry.class);
				assertThat(calls(registry, "kinesis", "ListStreams")).isEqualTo(1);
				assertThat(calls(registry, "dynamodb", "ListTables")).isEqualTo(1);
				assertThat(registry.get("kinesis.sdk.connections").gauges()).isNotEmpty();
			});
		}
	}

	/**
	 * The SDK publishes after it has completed the call.
	 */
	private static long calls(MeterRegistry registry, String service, String action) {
		return await()
			.until(() -> registry.find("kinesis.sdk.calls")
				.tags("service", service, "action", action, "outcome", "success")
				.timer(), Objects::nonNull)
			.count();
	}

	private static Set<String> tagsOfRecords(KinesisMetrics metrics, MeterRegistry registry) {
		metrics.listener("orders").onAcquired("orders", "shardId-000000000000");
		return registry.get("kinesis.consumer.records")
			.counters()
			.stream()
			.flatMap((counter) -> counter.getId().getTags().stream())
			.map(Tag::getKey)
			.collect(Collectors.toSet());
	}

	@Test
	void whenHasUserDefinedMetricsUsesThem() {
		KinesisMetrics own = new KinesisMetrics(new SimpleMeterRegistry(), true);
		this.contextRunner.withBean("own", KinesisMetrics.class, () -> own)
			.run((context) -> assertThat(observer(context.getBean(KinesisListenerContainerRegistry.class)))
				.isSameAs(own.listener("orders")));
	}

	@Test
	void whenHasUserDefinedObserversUsesThem() {
		ListenerObserver listener = new ListenerObserver() {
		};
		SendObserver template = new SendObserver() {
		};
		TableObserver table = mock(TableObserver.class);
		this.contextRunner.withBean("sends", SendObserver.class, () -> template)
			.withBean("tables", TableObserver.class, () -> table)
			.withBean("listeners", ContainerOptionsCustomizer.class, () -> (id, options) -> options.observer(listener))
			.run((context) -> {
				assertThat(observer(context.getBean(KinesisListenerContainerRegistry.class))).isSameAs(listener);
				assertThat(context.getBean(KinesisTemplate.class).options().observer()).isSameAs(template);
				assertThat(context.getBean(TableObserver.class)).isSameAs(table);
			});
	}

	private static void assertNothingIsObserved(KinesisListenerContainerRegistry registry, KinesisTemplate template) {
		assertThat(observer(registry)).isSameAs(ListenerObserver.NONE);
		assertThat(template.options().observer()).isSameAs(SendObserver.NONE);
	}

	private static ListenerObserver observer(KinesisListenerContainerRegistry registry) {
		return registry.getContainer("orders").getOptions().observer();
	}

	/**
	 * A listener.
	 */
	static class Orders {

		@KinesisListener(id = "orders", streams = "orders")
		void onOrder(String order) {
		}

	}

}

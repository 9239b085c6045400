package io.kinesisspring.boot.health;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.kinesisspring.KinesisException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.boot.autoconfigure.client.KinesisClientAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.consumer.KinesisConsumerAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.converter.KinesisConverterAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.lease.KinesisLeaseStoreAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.lease.dynamodb.KinesisDynamoDbLeaseStoreAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.producer.KinesisProducerAutoConfiguration;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.fault.FaultRule;
import io.kinesisspring.lease.InMemoryLeaseStore;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.lease.WorkerGroupStore;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerFactory;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.listener.KinesisListenerEndpoint;
import io.kinesisspring.listener.RecordsListener;
import io.kinesisspring.producer.KinesisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link KinesisHealthAutoConfiguration}: what the health of real listeners
 * says, on the embedded server and its faults.
 */
@Timeout(120)
class KinesisHealthAutoConfigurationTests {

	private static final AtomicInteger numbers = new AtomicInteger();

	private static EmbeddedKinesisServer server;

	private ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, KinesisClientAutoConfiguration.class,
				KinesisConverterAutoConfiguration.class, KinesisProducerAutoConfiguration.class,
				KinesisLeaseStoreAutoConfiguration.class, KinesisDynamoDbLeaseStoreAutoConfiguration.class,
				KinesisConsumerAutoConfiguration.class, KinesisHealthAutoConfiguration.class));

	@BeforeAll
	static void startServer() {
		server = EmbeddedKinesisServer.builder().dynamoDb(false).start();
	}

	@AfterAll
	static void stopServer() {
		server.close();
	}

	@BeforeEach
	void createStream() {
		String stream = "stream-" + numbers.incrementAndGet();
		server.createStream(stream, 2);
		Listener.poisonous = true;
		server.properties()
			.forEach((name, value) -> this.contextRunner = this.contextRunner.withPropertyValues(name + "=" + value));
		this.contextRunner = this.contextRunner.withPropertyValues("spring.application.name=shop", "stream=" + stream,
				"kinesis.lease.store=memory");
	}

	@AfterEach
	void repair() {
		server.faults().clear();
		Listener.repair();
	}

	@Test
	void whenConsumersAreDisabledThereIsNoIndicator() {
		this.contextRunner.withPropertyValues("kinesis.consumer.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
	}

	@Test
	void whenItIsDisabledThereIsNoIndicator() {
		this.contextRunner.withPropertyValues("management.health.kinesis.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
	}

	@Test
	void whenBootsHealthIsNotOnTheClassPathThereIsNoIndicator() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(HealthIndicator.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("kinesisHealthContributor"));
	}

	@Test
	void whenHasUserDefinedBeanDoesNotAutoConfigureBean() {
		HealthIndicator mine = () -> Health.up().build();
		this.contextRunner.withBean("kinesisHealthIndicator", HealthIndicator.class, () -> mine)
			.run((context) -> assertThat(context).getBean(HealthIndicator.class).isSameAs(mine));
	}

	@Test
	void whenAListenerCannotBeStartedAtRunTimeItDoesNotStayDown() {
		this.contextRunner.run((context) -> {
			RecordsListener listener = mock(RecordsListener.class);
			given(listener.suits(any())).willReturn(true);
			KinesisListenerEndpoint missing = new KinesisListenerEndpoint("missing",
					List.of(StreamIdentifier.of("missing")), listener, (options) -> options, "a test");
			KinesisListenerContainer container = context.getBean(KinesisListenerContainerRegistry.class)
				.register(missing, context.getBean(KinesisListenerContainerFactory.class));
			assertThatExceptionOfType(KinesisException.class).isThrownBy(container::start)
				.withMessageContaining("missing");
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			assertThat(health(context).getDetails().toString()).contains("state=stopped", "error=");
		});
	}

	@Test
	void whenThereAreNoListenersItIsUp() {
		this.contextRunner.run((context) -> assertThat(health(context).getStatus()).isEqualTo(Status.UP));
	}

	@Test
	void whenRecordsAreProcessedItIsUp() {
		run((context) -> {
			send(context, "well");
			await().untilAsserted(() -> assertThat(listener(context)).containsEntry("state", "consuming")
				.containsEntry("held", 2)
				.containsEntry("maxMillisBehindLatest", 0L));
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			assertThat(shards(context)).hasSize(2)
				.allSatisfy((shard) -> assertThat(shard).containsEntry("state", "consuming"));
		});
	}

	@Test
	void whenAShardIsFurtherBehindThanTheThresholdItIsDegraded() {
		Listener.block();
		run((context) -> {
			send(context, "old");
			await().untilAsserted(() -> assertThat(listener(context)).containsEntry("state", "lagging"));
			assertThat(health(context).getStatus()).isEqualTo(new Status("DEGRADED"));
			assertThat(shards(context)).first(InstanceOfAssertFactories.MAP).containsEntry("state", "lagging");
			Listener.repair();
			await().untilAsserted(() -> assertThat(listener(context)).containsEntry("state", "consuming"));
		}, "kinesis.health.lag-threshold=1s");
	}

	@Test
	void whenAFailureHasStoppedAShardItIsDegradedAndShowsTheCause() {
		run((context) -> {
			send(context, "poison");
			await().untilAsserted(() -> assertThat(listener(context)).containsEntry("state", "stalled"));
			assertThat(health(context).getStatus()).isEqualTo(new Status("DEGRADED"));
			Map<String, Object> worst = shards(context).get(0);
			assertThat(worst).containsEntry("state", "stopped").containsKey("since");
			assertThat(worst.get("error")).asString().contains("decided to stop the shard");
			Listener.repair();
			container(context).resume().join();
			await().untilAsserted(() -> assertThat(listener(context)).containsEntry("state", "consuming"));
		}, "kinesis.consumer.retry.max-attempts=1");
	}

	@Test
	void whenADeliveryKeepsFailingItIsDegradedAfterAWhileAndShowsTheCause() {
		run((context) -> {
			send(context, "poison");
			await().untilAsserted(() -> assertThat(shards(context).get(0)).containsEntry("state", "stalled"));
			assertThat(shards(context).get(0).get("error")).isEqualTo("java.lang.IllegalStateException: poisoned");
			Listener.repair();
			await().untilAsserted(() -> assertThat(listener(context)).containsEntry("state", "consuming"));
		}, "kinesis.consumer.stalled-after=1s", "kinesis.consumer.retry.max-interval=200ms");
	}

	@Test
	void whenAShardCannotBeReadItIsDegradedAfterAWhileAndShowsTheCause() {
		run((context) -> {
			server.faults().add(FaultRule.internalFailure().action("GetRecords"));
			await().untilAsserted(() -> assertThat(listener(context)).containsEntry("state", "stalled"));
			assertThat(shards(context).get(0).get("error")).asString().contains("Status Code: 500");
			server.faults().clear();
			await().untilAsserted(() -> assertThat(listener(context)).containsEntry("state", "consuming"));
		}, "kinesis.consumer.stalled-after=1s");
	}

	@Test
	void whileItIsDeniedItIsDownAndShowsActionAndResource() {
		run((context) -> {
			server.faults().add(FaultRule.accessDenied().action("GetRecords"));
			await().untilAsserted(() -> assertThat(health(context).getStatus()).isEqualTo(Status.DOWN));
			assertThat(listener(context)).containsEntry("state", "denied")
				.containsEntry("action", "kinesis:GetRecords")
				.containsEntry("resource", "arn:aws:kinesis:*:000000000000:stream/stream-" + numbers.get());
			server.faults().clear();
			await().untilAsserted(() -> assertThat(health(context).getStatus()).isEqualTo(Status.UP));
		});
	}

	@Test
	void whenItStopsAsItIsDeniedItIsDownUntilItIsStarted() {
		run((context) -> {
			server.faults().add(FaultRule.accessDenied().action("GetRecords"));
			await().untilAsserted(() -> assertThat(container(context).isRunning()).isFalse());
			assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
			assertThat(listener(context)).containsEntry("state", "denied")
				.containsEntry("action", "kinesis:GetRecords");
			server.faults().clear();
			container(context).start();
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
		}, "kinesis.consumer.on-access-denied=stop");
	}

	@Test
	void whenThereAreShardsThatNobodyReadsItIsDegraded() {
		run((context) -> {
			await().untilAsserted(() -> assertThat(listener(context)).containsEntry("state", "no-lease")
				.containsEntry("held", 0)
				.containsKey("unclaimedShardsFor"));
			assertThat(health(context).getStatus()).isEqualTo(new Status("DEGRADED"));
		}, without("claim", CompletableFuture.completedFuture(Optional.empty())), "kinesis.lease.failover-after=1s");
	}

	@Test
	void whenTheLeaseStoreCannotBeReachedItIsDegraded() {
		run((context) -> {
			await().untilAsserted(() -> assertThat(listener(context)).containsEntry("state", "cut-off"));
			assertThat(health(context).getStatus()).isEqualTo(new Status("DEGRADED"));
		}, without("heartbeat", CompletableFuture.failedFuture(new IllegalStateException("unreachable"))),
				"kinesis.lease.failover-after=1s");
	}

	@Test
	void aStopOrPauseOnPurposeIsNoFailure() {
		run((context) -> {
			container(context).pause().join();
			await().untilAsserted(() -> assertThat(listener(context)).containsEntry("state", "paused"));
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			container(context).stop();
			assertThat(listener(context)).containsEntry("state", "stopped").doesNotContainKey("shards");
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
		});
	}

	@Test
	void waitingForAStreamIsNoFailure() {
		run((context) -> {
			assertThat(listener(context)).containsEntry("state", "starting");
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
		}, "stream=not-there-yet", "kinesis.streams.on-missing=wait");
	}

	private void run(ContextConsumer test, String... properties) {
		run(test, new InMemoryLeaseStore(), properties);
	}

	private void run(ContextConsumer test, LeaseStore store, String... properties) {
		this.contextRunner.withUserConfiguration(Listener.class)
			.withBean(LeaseStore.class, () -> store)
			.withPropertyValues(properties)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				test.accept(context);
				Listener.repair();
			});
	}

	/**
	 * A store that answers one of its methods always in the same way.
	 */
	private static LeaseStore without(String method, CompletableFuture<?> answer) {
		InMemoryLeaseStore store = new InMemoryLeaseStore();
		return (LeaseStore) Proxy.newProxyInstance(LeaseStore.class.getClassLoader(),
				new Class<?>[] { LeaseStore.class, WorkerGroupStore.class }, (proxy, called, arguments) -> {
					if (called.getName().equals("workerGroups")) {
						return proxy;
					}
					if (called.getName().equals(method)) {
						return answer;
					}
					try {
						return called.invoke(store, arguments);
					}
					catch (InvocationTargetException ex) {
						throw ex.getCause();
					}
				});
	}

	private static void send(ApplicationContext context, String order) {
		String stream = context.getEnvironment().getRequiredProperty("stream");
		context.getBean(KinesisTemplate.class).send(stream, "key", order).join();
	}

	private static KinesisListenerContainer container(ApplicationContext context) {
		return context.getBean(KinesisListenerContainerRegistry.class).getContainer("orders");
	}

	private static Health health(ApplicationContext context) {
		return context.getBean("kinesisHealthContributor", HealthIndicator.class).health();
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> listener(ApplicationContext context) {
		return ((Map<String, Map<String, Object>>) health(context).getDetails().get("listeners")).get("orders");
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> shards(ApplicationContext context) {
		return (List<Map<String, Object>>) listener(context).get("shards");
	}

	/**
	 * What is done with a running application.
	 */
	private interface ContextConsumer {

		void accept(ApplicationContext context) throws Exception;

	}

	@Configuration(proxyBeanMethods = false)
	static class Listener {

		private static volatile CountDownLatch gate = new CountDownLatch(0);

		private static volatile boolean poisonous = true;

		@KinesisListener(id = "orders", streams = "${stream}")
		void onOrder(String order) throws Exception {
			gate.await(1, TimeUnit.MINUTES);
			if (poisonous && order.equals("poison")) {
				throw new IllegalStateException("poisoned");
			}
		}

		static void block() {
			gate = new CountDownLatch(1);
		}

		static void repair() {
			gate.countDown();
			poisonous = false;
		}

	}

}

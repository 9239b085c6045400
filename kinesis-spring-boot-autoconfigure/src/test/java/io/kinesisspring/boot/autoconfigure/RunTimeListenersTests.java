package io.kinesisspring.boot.autoconfigure;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Positive;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.boot.autoconfigure.consumer.KinesisListenerContainerFactoryConfigurer;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.listener.AckMode;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerFactory;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.listener.KinesisListenerEndpoint;
import io.kinesisspring.producer.KinesisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Applications whose listeners are lambdas, are made at run time, come late, read by
 * another container factory, or validate what they get.
 */
@Timeout(120)
class RunTimeListenersTests {

	private static final AtomicInteger numbers = new AtomicInteger();

	private static final Map<String, Queue<Object>> received = new ConcurrentHashMap<>();

	private static EmbeddedKinesisServer server;

	private static EmbeddedKinesisServer otherRegion;

	private String stream;

	private ConfigurableApplicationContext context;

	@BeforeAll
	static void startServers() {
		server = EmbeddedKinesisServer.builder().start();
		otherRegion = EmbeddedKinesisServer.builder().start();
	}

	@AfterAll
	static void stopServers() {
		server.close();
		otherRegion.close();
	}

	@BeforeEach
	void createStream() {
		this.stream = "stream-" + numbers.incrementAndGet();
		server.createStream(this.stream, 2);
		otherRegion.createStream(this.stream, 1);
	}

	@AfterEach
	void stop() {
		this.context.close();
		received.clear();
	}

	@Test
	void aLambdaThatIsABeanReceivesConvertedPayloads() {
		start(Lambdas.class);
		send(new Order("a", 1), new Order("b", 2));
		await().untilAsserted(() -> {
			assertThat(received("record")).containsExactlyInAnyOrder(new Order("a", 1), new Order("b", 2));
			assertThat(received("batch")).containsExactlyInAnyOrder(new Order("a", 1), new Order("b", 2));
		});
	}

	@Test
	void aLambdaIsRegisteredAndUnregisteredAtRunTime() {
		start(Application.class);
		KinesisListenerContainerRegistry registry = this.context.getBean(KinesisListenerContainerRegistry.class);
		KinesisListenerEndpoint endpoint = KinesisListenerEndpoint.builder("late", Order.class)
			.streams(this.stream)
			.onRecordManual((record, acknowledgment) -> {
				add("late", record.payload());
				if (received("late").size() == 1) {
					acknowledgment.nack(Duration.ofMillis(50));
					return;
				}
				acknowledgment.acknowledge();
			})
			.options((options) -> options.ackMode(AckMode.MANUAL))
			.build();
		KinesisListenerContainer container = registry.register(endpoint,
				this.context.getBean(KinesisListenerContainerFactory.class));
		container.start();
		send(new Order("a", 1));
		await().untilAsserted(() -> assertThat(received("late")).containsExactly(new Order("a", 1), new Order("a", 1)));
		assertThat(registry.unregister("late")).isTrue();
		assertThat(container.isRunning()).isFalse();
	}

	@Test
	void aListenerOfABeanThatIsCreatedLateStarts() {
		start(Late.class);
		assertThat(this.context.getBean(KinesisListenerContainerRegistry.class).getContainers()).isEmpty();
		this.context.getBean("hidden");
		assertThat(this.context.getBean(KinesisListenerContainer.class).isRunning()).isTrue();
		send(new Order("a", 1));
		await().untilAsserted(() -> assertThat(received("hidden")).containsExactly(new Order("a", 1)));
	}

	@Test
	void whenInitializationIsLazyAListenerBehindAnInterfaceStarts() {
		start(BehindAnInterface.class, "spring.main.lazy-initialization=true");
		send(new Order("a", 1));
		await().untilAsserted(() -> assertThat(received("hidden")).containsExactly(new Order("a", 1)));
	}

	@Test
	void aListenerReadsByTheContainerFactoryThatItNames() {
		start(TwoRegions.class);
		send(new Order("here", 1));
		this.context.getBean("otherTemplate", KinesisTemplate.class)
			.send(this.stream, "key", new Order("there", 2))
			.join();
		await().untilAsserted(() -> {
			assertThat(received("here")).containsExactly(new Order("here", 1));
			assertThat(received("there")).containsExactly(new Order("there", 2));
		});
	}

	@Test
	void payloadsAreValidated() {
		start(Validating.class, "kinesis.consumer.error.on-exhausted=skip");
		KinesisTemplate template = this.context.getBean("kinesisTemplate", KinesisTemplate.class);
		for (int amount : new int[] { -1, 2, 0, 4 }) {
			template.send(this.stream, "key", "{\"customer\":\"a\",\"amount\":" + amount + "}").join();
		}
		await().untilAsserted(() -> {
			assertThat(received("valid")).containsExactly(new Order("a", 2), new Order("a", 4));
			assertThat(received("validBatch")).containsExactly(new Order("a", 2), new Order("a", 4));
		});
	}

	private void start(Class<?> type, String... properties) {
		Map<String, Object> all = new HashMap<>(server.properties());
		all.put("spring.application.name", "application-" + this.stream);
		all.put("test.stream", this.stream);
		Stream.of(properties)
			.forEach((property) -> all.put(property.substring(0, property.indexOf('=')),
					property.substring(property.indexOf('=') + 1)));
		this.context = new SpringApplicationBuilder(type).web(WebApplicationType.NONE).properties(all).run();
	}

	private void send(Order... orders) {
		KinesisTemplate template = this.context.getBean("kinesisTemplate", KinesisTemplate.class);
		for (Order order : orders) {
			template.send(this.stream, order.customer(), order).join();
		}
	}

	private static void add(String listener, Object value) {
		received.computeIfAbsent(listener, (name) -> new ConcurrentLinkedQueue<>()).add(value);
	}

	private static List<Object> received(String listener) {
		return List.copyOf(received.getOrDefault(listener, new ConcurrentLinkedQueue<>()));
	}

	record Order(String customer, @Positive int amount) {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	static class Lambdas extends Application {

		@Bean
		KinesisListenerEndpoint record(@Value("${test.stream}") String stream) {
			return KinesisListenerEndpoint.builder("record", Order.class)
				.streams(stream)
				.onRecord((record) -> add("record", record.payload()))
				.build();
		}

		@Bean
		KinesisListenerEndpoint batch(@Value("${test.stream}") String stream) {
			return KinesisListenerEndpoint.builder("batch", Order.class)
				.streams(stream)
				.onBatch((records) -> records.stream()
					.map(KinesisRecord::payload)
					.forEach((order) -> add("batch", order)))
				.options((options) -> options.application("batches-" + stream))
				.build();
		}

	}

	interface Handler {

	}

	static class Hidden implements Handler {

		@KinesisListener(id = "hidden", streams = "${test.stream}")
		void onOrder(Order order) {
			add("hidden", order);
		}

	}

	/**
	 * Creates a listener that its configuration does not show.
	 */
	static final class Handlers {

		private Handlers() {
		}

		static Handler create() {
			return new Hidden();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Late extends Application {

		@Lazy
		@Bean
		Object hidden() {
			return Handlers.create();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class BehindAnInterface extends Application {

		@Bean
		Handler hidden() {
			return new Hidden();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoRegions extends Application {

		@Bean(defaultCandidate = false)
		KinesisAsyncClient otherClient() {
			Map<String, String> properties = otherRegion.properties();
			return KinesisAsyncClient.builder()
				.endpointOverride(otherRegion.endpoint())
				.region(Region.of(properties.get("kinesis.region")))
				.credentialsProvider(StaticCredentialsProvider
					.create(AwsBasicCredentials.create(properties.get("kinesis.credentials.access-key"),
							properties.get("kinesis.credentials.secret-key"))))
				.build();
		}

		@Bean(defaultCandidate = false)
		KinesisTemplate otherTemplate(@Qualifier("otherClient") KinesisAsyncClient client, RecordConverter converter) {
			return KinesisTemplate.builder(client).converter(converter).build();
		}

		@Bean
		KinesisListenerContainerFactory otherFactory(KinesisListenerContainerFactoryConfigurer configurer,
				@Qualifier("otherClient") KinesisAsyncClient client,
				@Qualifier("otherTemplate") KinesisTemplate template) {
			return configurer.create(client, template);
		}

		@KinesisListener(id = "here", streams = "${test.stream}")
		void onOrder(Order order) {
			add("here", order);
		}

		@KinesisListener(id = "there", streams = "${test.stream}", application = "other-${test.stream}",
				containerFactory = "otherFactory")
		void onOtherOrder(Order order) {
			add("there", order);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Validating extends Application {

		@KinesisListener(id = "valid", streams = "${test.stream}")
		void onOrder(@Valid Order order) {
			add("valid", order);
		}

		@KinesisListener(id = "valid-batch", streams = "${test.stream}", application = "batches-${test.stream}")
		void onOrders(@Valid List<Order> orders) {
			orders.forEach((order) -> add("validBatch", order));
		}

	}

}

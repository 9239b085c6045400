package io.kinesisspring.boot.autoconfigure.consumer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.util.DigestUtils;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.sns.SnsAsyncClient;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.SqsAsyncClientBuilder;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.boot.autoconfigure.client.KinesisClientAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.client.KinesisClientCustomizer;
import io.kinesisspring.boot.autoconfigure.converter.KinesisConverterAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.lease.KinesisLeaseStoreAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.producer.KinesisProducerAutoConfiguration;
import io.kinesisspring.deadletter.S3DeadLetterRecoverer;
import io.kinesisspring.deadletter.SnsDeadLetterRecoverer;
import io.kinesisspring.deadletter.SqsDeadLetterRecoverer;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.error.OnExhausted;
import io.kinesisspring.error.RecordRecoverer;
import io.kinesisspring.listener.ContainerOptions;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.producer.KinesisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verifyNoInteractions;

/**
 * Tests for {@link DeadLetterServices}: which properties send dead letters where.
 */
class DeadLetterServicesTests {

	private static final String TOPIC = "arn:aws:sns:eu-central-1:123456789012:dead";

	private final Queue<String> requests = new ConcurrentLinkedQueue<>();

	private HttpServer stub;

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(TaskExecutionAutoConfiguration.class, KinesisClientAutoConfiguration.class,
						KinesisConverterAutoConfiguration.class, KinesisLeaseStoreAutoConfiguration.class,
						KinesisConsumerAutoConfiguration.class, KinesisProducerAutoConfiguration.class))
		.withUserConfiguration(Orders.class)
		.withPropertyValues("spring.application.name=shop", "kinesis.region=eu-central-1",
				"kinesis.credentials.access-key=access", "kinesis.credentials.secret-key=secret",
				"kinesis.lease.store=memory", "kinesis.consumer.auto-startup=false");

	@BeforeEach
	void startStub() throws IOException {
		this.stub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.stub.createContext("/", this::answer);
		this.stub.start();
	}

	@AfterEach
	void stopStub() {
		this.stub.stop(0);
	}

	private void answer(HttpExchange exchange) throws IOException {
		String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
		this.requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath() + " " + body);
		byte[] answer = new byte[0];
		if (exchange.getRequestMethod().equals("POST")) {
			String message = JsonMapper.shared().readTree(body).path("MessageBody").asString();
			answer = ("{\"MessageId\": \"1\", \"MD5OfMessageBody\": \""
					+ DigestUtils.md5DigestAsHex(message.getBytes(StandardCharsets.UTF_8)) + "\"}")
				.getBytes(StandardCharsets.UTF_8);
		}
		exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.0");
		exchange.sendResponseHeaders(200, (answer.length == 0) ? -1 : answer.length);
		exchange.getResponseBody().write(answer);
		exchange.close();
	}

	private URI uri() {
		return URI.create("http://127.0.0.1:" + this.stub.getAddress().getPort());
	}

	@ParameterizedTest
	@CsvSource({ "dead-letter-queue, dead", "dead-letter-topic, " + TOPIC, "dead-letter-bucket, dead/orders" })
	void anExhaustedRecordGoesWhereAPropertySays(String property, String value) {
		Class<?> type = switch (property) {
			case "dead-letter-queue" -> SqsDeadLetterRecoverer.class;
			case "dead-letter-topic" -> SnsDeadLetterRecoverer.class;
			default -> S3DeadLetterRecoverer.class;
		};
		this.contextRunner.withPropertyValues("kinesis.consumer.error." + property + "=" + value).run((context) -> {
			ContainerOptions options = options(context.getBean(KinesisListenerContainerRegistry.class));
			assertThat(options.delivery().recoverer()).isInstanceOf(type);
			assertThat(((DefaultErrorHandler) options.delivery().errorHandler()).onExhausted())
				.isEqualTo(OnExhausted.DEAD_LETTER);
		});
		this.contextRunner
			.withPropertyValues("kinesis.consumer.error.dead-letter-stream=others",
					"kinesis.listeners.orders.error." + property + "=" + value)
			.run((context) -> assertThat(
					options(context.getBean(KinesisListenerContainerRegistry.class)).delivery().recoverer())
				.isInstanceOf(type));
	}

	@Test
	void explainsWhatIsWrong() {
		assertFails("kinesis.consumer.error.dead-letter-topic is 'dead'", "Set it to the ARN of a topic",
				"kinesis.consumer.error.dead-letter-topic=dead");
		assertFails("kinesis.listeners.orders.error.dead-letter-bucket is 'A B'", "the name of a bucket",
				"kinesis.listeners.orders.error.dead-letter-bucket=A B");
		assertFails(
				"kinesis.consumer.error.dead-letter-stream is 'one' and kinesis.consumer.error.dead-letter-queue is 'two'",
				"Set one of them", "kinesis.consumer.error.dead-letter-stream=one",
				"kinesis.consumer.error.dead-letter-queue=two");
		assertFails("kinesis.listeners.orders.error.dead-letter-queue is 'dead', but", "Remove one of them",
				"kinesis.listeners.orders.error.dead-letter-queue=dead",
				"kinesis.listeners.orders.error.on-exhausted=skip");
	}

	@ParameterizedTest
	@CsvSource({ "dead-letter-queue, dead, sqs", "dead-letter-topic, " + TOPIC + ", sns",
			"dead-letter-bucket, dead, s3" })
	void namesTheMissingDependency(String property, String value, String artifact) {
		ApplicationContextRunner without = this.contextRunner
			.withClassLoader(new FilteredClassLoader(SqsAsyncClient.class, SnsAsyncClient.class, S3AsyncClient.class));
		without.run((context) -> assertThat(context).hasNotFailed());
		without.withPropertyValues("kinesis.consumer.error." + property + "=" + value)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("kinesis.consumer.error." + property + " is '" + value + "'")
				.hasMessageContaining("Add the dependency software.amazon.awssdk:" + artifact));
	}

	private void assertFails(String problem, String remedy, String... properties) {
		this.contextRunner.withPropertyValues(properties)
			.run((context) -> assertThat(context.getStartupFailure()).isNotNull()
				.satisfies((failure) -> assertThat(messages(failure)).contains(problem).contains(remedy)));
	}

	private static String messages(Throwable failure) {
		StringBuilder messages = new StringBuilder();
		for (Throwable ex = failure; ex != null; ex = ex.getCause()) {
			messages.append(ex.getMessage()).append('\n');
		}
		return messages.toString();
	}

	@Test
	void aRecordThatFailsEndsInAQueueByAClientOfItsOwn() {
		try (EmbeddedKinesisServer server = EmbeddedKinesisServer.builder().start()) {
			server.createStream("orders", 1);
			this.contextRunner.withBean(SqsCustomizer.class, () -> new SqsCustomizer(uri()))
				.withPropertyValues(server.properties()
					.entrySet()
					.stream()
					.map((it) -> it.getKey() + "=" + it.getValue())
					.toArray(String[]::new))
				.withPropertyValues("kinesis.lease.store=memory", "kinesis.consumer.auto-startup=true",
						"kinesis.consumer.retry.max-attempts=1",
						"kinesis.consumer.error.dead-letter-queue=" + uri() + "/123456789012/dead")
				.run((context) -> {
					context.getBean(KinesisTemplate.class).send("orders", "key", "broken").join();
					await().untilAsserted(() -> assertThat(this.requests).singleElement()
						.satisfies((request) -> assertThat(request).contains("\"MessageBody\":\"broken\"")
							.contains("\"stream\"")));
					context.getBean(KinesisTemplate.class).send("orders", "key", "good").join();
					await().until(() -> Orders.received.contains("good"));
				});
		}
	}

	@Test
	void theClientOfTheApplicationIsUsedAndLeftOpen() {
		S3AsyncClient client = mock(S3AsyncClient.class);
		this.contextRunner.withBean(S3AsyncClient.class, () -> client, (bean) -> bean.setDestroyMethodName(""))
			.withPropertyValues("kinesis.consumer.error.dead-letter-bucket=dead")
			.run((context) -> {
				RecordRecoverer recoverer = options(context.getBean(KinesisListenerContainerRegistry.class)).delivery()
					.recoverer();
				Supplier<?> used = (Supplier<?>) ReflectionTestUtils.getField(recoverer, "client");
				assertThat(used.get()).isSameAs(client);
			});
		verifyNoInteractions(client);
	}

	private static ContainerOptions options(KinesisListenerContainerRegistry registry) {
		return registry.getContainer("orders").getOptions();
	}

	/**
	 * Lets the client that the auto-configuration creates use the stub.
	 */
	static final class SqsCustomizer implements KinesisClientCustomizer<SqsAsyncClientBuilder> {

		private final URI endpoint;

		SqsCustomizer(URI endpoint) {
			this.endpoint = endpoint;
		}

		@Override
		public void customize(SqsAsyncClientBuilder builder) {
			builder.endpointOverride(this.endpoint).checksumValidationEnabled(false);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Orders {

		private static final Queue<String> received = new ConcurrentLinkedQueue<>();

		@KinesisListener(id = "orders", streams = "orders")
		void onOrder(String order) {
			if (order.equals("broken")) {
				throw new IllegalStateException("broken");
			}
			received.add(order);
		}

	}

}

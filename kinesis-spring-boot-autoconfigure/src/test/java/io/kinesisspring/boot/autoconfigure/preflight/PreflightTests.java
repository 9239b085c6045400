package io.kinesisspring.boot.autoconfigure.preflight;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.handler.annotation.SendTo;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.IamPermission;
import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.boot.autoconfigure.admin.KinesisAdminAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.client.KinesisClientAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.consumer.KinesisConsumerAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.converter.KinesisConverterAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.lease.KinesisLeaseStoreAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.lease.dynamodb.KinesisDynamoDbLeaseStoreAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.producer.KinesisProducerAutoConfiguration;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.fault.Fault;
import io.kinesisspring.embedded.fault.FaultRule;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for {@link Preflight}, on servers that deny.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(120)
class PreflightTests {

	private static final AtomicInteger numbers = new AtomicInteger();

	private static EmbeddedKinesisServer server;

	private static DenyingDynamoDb dynamoDb;

	@BeforeAll
	static void startServers() {
		server = EmbeddedKinesisServer.builder().stream("orders", 1).stream("dead", 1).start();
		dynamoDb = new DenyingDynamoDb(server.dynamoDbEndpoint().orElseThrow());
	}

	@AfterAll
	static void stopServers() {
		dynamoDb.server.stop(0);
		server.close();
	}

	@AfterEach
	void allowEverything() {
		server.faults().clear();
		dynamoDb.denied.clear();
	}

	@Test
	void reportsAllThatIsDeniedAtOnceAsAPolicy(CapturedOutput output) {
		String application = application();
		run(application).close();
		List<Fault> faults = new ArrayList<>();
		Set<IamPermission> expected = new TreeSet<>();
		for (String action : List.of("ListShards", "GetShardIterator", "GetRecords", "PutRecords")) {
			faults.add(server.faults().add(FaultRule.accessDenied().action(action)));
			expected.add(new IamPermission("kinesis:" + action,
					"arn:aws:kinesis:*:000000000000:stream/" + (action.equals("PutRecords") ? "dead" : "orders")));
		}
		for (String action : NeededActions.TABLE.actions()) {
			dynamoDb.denied.add(action.substring("dynamodb:".length()));
			expected.add(new IamPermission(action, "arn:aws:dynamodb:eu-west-1:123456789012:table/" + application));
		}
		assertThatException().isThrownBy(() -> run(application));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The preflight found 10 denied actions.")
			.contains(IamPermission.policy(expected));
		assertThat(faults).allSatisfy((fault) -> assertThat(fault.hits()).isPositive());
	}

	@Test
	void reportsWhatFanOutNeeds(CapturedOutput output) {
		server.faults().add(FaultRule.accessDenied().action("DescribeStreamConsumer"));
		server.faults().add(FaultRule.accessDenied().action("ListShards"));
		Fault polling = server.faults().add(FaultRule.accessDenied().action("GetRecords"));
		assertThatException().isThrownBy(() -> run(application(), "kinesis.consumer.mode=fan-out"));
		assertThat(output).contains("The preflight found 2 denied actions.")
			.contains("\"kinesis:DescribeStreamConsumer\"")
			.contains("\"kinesis:ListShards\"");
		assertThat(polling.hits()).isZero();
		server.faults().clear();
		server.faults().add(FaultRule.accessDenied().action("DescribeStreamSummary"));
		assertThatException().isThrownBy(() -> run(application(), "kinesis.consumer.mode=fan-out"));
		assertThat(output).contains("Allow kinesis:DescribeStreamSummary on ");
		server.faults().clear();
		run(application(), "kinesis.consumer.mode=fan-out").close();
	}

	@Test
	void reportsWhatASharedTableNeeds(CapturedOutput output) {
		String application = application();
		String[] shared = { "kinesis.lease.table-name=shared-" + application, "kinesis.lease.shared=true",
				"kinesis.lease.table.point-in-time-recovery=true" };
		dynamoDb.denied.add("Scan");
		run(application, shared[0], shared[1]).close();
		for (String action : NeededActions.SHARED_TABLE.actions()) {
			dynamoDb.denied.add(action.substring("dynamodb:".length()));
		}
		dynamoDb.denied.add("DescribeContinuousBackups");
		assertThatException().isThrownBy(() -> run(application, shared));
		assertThat(output).contains("The preflight found 7 denied actions.")
			.contains("\"dynamodb:Query\"")
			.contains("\"dynamodb:DescribeContinuousBackups\"")
			.contains("table/shared-" + application + "\"")
			.doesNotContain("\"dynamodb:Scan\"");
	}

	@Test
	void reportsASingleActionThatIsDenied(CapturedOutput output) {
		String application = application();
		run(application).close();
		dynamoDb.denied.add("DeleteItem");
		assertThatException().isThrownBy(() -> run(application));
		assertThat(output).contains("The preflight found 1 denied action.")
			.contains("Allow dynamodb:DeleteItem on arn:aws:dynamodb:eu-west-1:123456789012:table/" + application);
	}

	@Test
	void checksThatTheTablesThatAreTakenOverMayBeRead(CapturedOutput output) {
		String application = application();
		run(application).close();
		dynamoDb.denied.add("Scan");
		assertThatException()
			.isThrownBy(() -> run(application, "kinesis.lease.imports[0].table-name=" + application + "-kcl"));
		assertThat(output).contains("The preflight found 2 denied actions.")
			.contains("table/" + application + "\"")
			.contains("table/" + application + "-kcl\"");
	}

	@Test
	void whenAllIsAllowedStartsAndLeavesNoTrace() {
		String application = application();
		run(application).close();
		try (ConfigurableApplicationContext context = run(application)) {
			assertThat(context.getBean(KinesisListenerContainerRegistry.class).getContainer("orders").isRunning())
				.isTrue();
			DynamoDbAsyncClient client = context.getBean("kinesisDynamoDbAsyncClient", DynamoDbAsyncClient.class);
			assertThat(client.scan((scan) -> scan.tableName(application)).join().items())
				.noneMatch((row) -> row.get("shard").s().startsWith("preflight"));
			assertThat(recordsOf("dead", context.getBean(KinesisAsyncClient.class))).isEmpty();
		}
	}

	@Test
	void reportsADeadLetterStreamThatDoesNotExist(CapturedOutput output) {
		assertThatException()
			.isThrownBy(() -> run(application(), "kinesis.listeners.orders.error.dead-letter-stream=deda"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("kinesis.listeners.orders.error.dead-letter-stream is 'deda', which does not exist.");
	}

	@Test
	void reportsADeadLetterStreamOfADefaultNameThatDoesNotExist(CapturedOutput output) {
		assertThatException().isThrownBy(() -> run(application(), "kinesis.consumer.error.dead-letter-stream=",
				"kinesis.consumer.error.on-exhausted=dead-letter"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains(
					"The dead-letter stream of 'orders' for the listener 'orders' is 'orders-dlt', which does not exist.");
	}

	@Test
	void doesNotReportADeadLetterStreamThatTheStartCreates() {
		run(application(), "kinesis.listeners.orders.error.dead-letter-stream=created-later",
				"kinesis.streams.on-missing=create", "kinesis.streams.create.shards=1")
			.close();
		assertThat(server.openShards("created-later")).hasSize(1);
	}

	@Test
	void reportsAStreamOfAnswersThatDoesNotExist(CapturedOutput output) {
		assertThatException().isThrownBy(() -> run(application(), "spring.main.sources=" + Answering.class.getName()));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("@SendTo of the listener 'answering' is 'invocies', which does not exist.");
	}

	@Test
	void whenTheTableIsNotThereYetStarts() {
		try (ConfigurableApplicationContext context = run(application())) {
			assertThat(context.getBean(KinesisListenerContainerRegistry.class).getContainer("orders").isRunning())
				.isTrue();
		}
	}

	@Test
	void isNotMadeUnlessItIsWanted() {
		Fault refusal = server.faults().add(FaultRule.accessDenied().action("PutRecords"));
		run(application(), "kinesis.preflight.enabled=false").close();
		assertThat(refusal.hits()).isZero();
	}

	@Test
	void thePoliciesInTheDocumentationAreThoseThatAreNeeded() throws IOException {
		Matcher policies = Pattern.compile("```json\\n(.*?)```", Pattern.DOTALL)
			.matcher(Files.readString(Path.of("../docs/iam.md")));
		Set<String> documented = new TreeSet<>();
		while (policies.find()) {
			for (JsonNode statement : JsonMapper.shared().readTree(policies.group(1)).get("Statement")) {
				List<String> actions = new ArrayList<>();
				statement.get("Action").forEach((action) -> actions.add(action.asString()));
				String feature = statement.get("Sid").asString().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase();
				assertThat(actions).as(feature).isEqualTo(NeededActions.valueOf(feature).actions());
				documented.add(feature);
			}
		}
		assertThat(documented).hasSameSizeAs(NeededActions.values());
	}

	private static List<Record> recordsOf(String stream, KinesisAsyncClient client) {
		String iterator = client
			.getShardIterator((get) -> get.streamName(stream)
				.shardId("shardId-000000000000")
				.shardIteratorType(ShardIteratorType.TRIM_HORIZON))
			.join()
			.shardIterator();
		return client.getRecords((get) -> get.shardIterator(iterator)).join().records();
	}

	private static String application() {
		return "shop-" + numbers.incrementAndGet();
	}

	private static ConfigurableApplicationContext run(String application, String... properties) {
		List<String> all = new ArrayList<>();
		server.properties().forEach((name, value) -> all.add(name + "=" + value));
		all.addAll(List.of("spring.application.name=" + application, "kinesis.preflight.enabled=true",
				"kinesis.dynamodb.endpoint=" + dynamoDb.endpoint(), "kinesis.consumer.error.dead-letter-stream=dead"));
		all.addAll(List.of(properties));
		return new SpringApplicationBuilder(OrdersApplication.class).web(WebApplicationType.NONE)
			.properties(all.toArray(String[]::new))
			.run();
	}

	/**
	 * DynamoDB Local behind a door that does not let everything in.
	 */
	private static final class DenyingDynamoDb {

		private final Set<String> denied = new CopyOnWriteArraySet<>();

		private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

		private final URI target;

		private final HttpServer server;

		private DenyingDynamoDb(URI target) {
			this.target = target;
			try {
				this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			this.server.createContext("/", this::handle);
			this.server.start();
		}

		private String endpoint() {
			return "http://127.0.0.1:" + this.server.getAddress().getPort();
		}

		private void handle(HttpExchange exchange) throws IOException {
			byte[] body = exchange.getRequestBody().readAllBytes();
			String action = exchange.getRequestHeaders().getFirst("X-Amz-Target").replaceAll(".*\\.", "");
			if (this.denied.contains(action)) {
				String table = JsonMapper.shared().readTree(body).get("TableName").asString();
				answer(exchange, 400, """
						{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"User: \
						arn:aws:sts::123456789012:assumed-role/shop/i is not authorized to perform: dynamodb:%s \
						on resource: arn:aws:dynamodb:eu-west-1:123456789012:table/%s because no identity-based \
						policy allows the dynamodb:%s action"}""".formatted(action, table, action)
					.getBytes(StandardCharsets.UTF_8));
				return;
			}
			HttpRequest.Builder request = HttpRequest.newBuilder(this.target)
				.POST(HttpRequest.BodyPublishers.ofByteArray(body));
			for (String name : List.of("X-Amz-Target", "Content-Type", "Authorization", "X-Amz-Date")) {
				request.header(name, exchange.getRequestHeaders().getFirst(name));
			}
			try {
				HttpResponse<byte[]> response = this.client.send(request.build(),
						HttpResponse.BodyHandlers.ofByteArray());
				answer(exchange, response.statusCode(), response.body());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
			exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.0");
			exchange.sendResponseHeaders(status, body.length);
			exchange.getResponseBody().write(body);
			exchange.close();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ KinesisAdminAutoConfiguration.class, KinesisClientAutoConfiguration.class,
			KinesisConverterAutoConfiguration.class, KinesisProducerAutoConfiguration.class,
			KinesisLeaseStoreAutoConfiguration.class, KinesisDynamoDbLeaseStoreAutoConfiguration.class,
			KinesisConsumerAutoConfiguration.class, KinesisPreflightAutoConfiguration.class })
	static class OrdersApplication {

		@KinesisListener(id = "orders", streams = "orders")
		void onOrder(String order) {
		}

	}

	static class Answering {

		@KinesisListener(id = "answering", streams = "orders", application = "answering")
		@SendTo("invocies")
		String onOrder(String order) {
			return order;
		}

	}

}

package io.kinesisspring.boot.autoconfigure.lease.dynamodb;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.producer.KinesisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * Applications that share a lease table, on the embedded server and DynamoDB Local.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(180)
class SharedTableEndToEndTests {

	private static final AtomicInteger numbers = new AtomicInteger();

	private static final Map<String, Queue<String>> received = new ConcurrentHashMap<>();

	private static EmbeddedKinesisServer server;

	private final List<ConfigurableApplicationContext> running = new ArrayList<>();

	private String stream;

	private String table;

	@BeforeAll
	static void startServer() {
		server = EmbeddedKinesisServer.builder().start();
	}

	@AfterAll
	static void stopServer() {
		server.close();
	}

	@BeforeEach
	void createStream() {
		int number = numbers.incrementAndGet();
		this.stream = "stream-" + number;
		this.table = "leases-" + number;
		server.createStream(this.stream, 2);
		received.clear();
	}

	@AfterEach
	void stopApplications() {
		this.running.forEach(ConfigurableApplicationContext::close);
	}

	@Test
	void eachReadsEveryRecordAndContinuesAtItsOwnCheckpoint() {
		ConfigurableApplicationContext billing = start("billing");
		start("billing-reports");
		send(billing, 0, 100);
		awaitReceived("billing", 0, 100);
		awaitReceived("billing-reports", 0, 100);
		billing.close();
		ConfigurableApplicationContext reports = this.running.get(1);
		send(reports, 100, 150);
		awaitReceived("billing-reports", 0, 150);
		received.clear();
		start("billing");
		awaitReceived("billing", 100, 150);
		assertThat(received).containsOnlyKeys("billing");
		assertThat(leases(reports)).containsExactlyInAnyOrder("billing " + this.stream + "_shardId-000000000000",
				"billing " + this.stream + "_shardId-000000000001",
				"billing-reports " + this.stream + "_shardId-000000000000",
				"billing-reports " + this.stream + "_shardId-000000000001");
	}

	@Test
	void aResetMovesTheCheckpointsOfOneApplication() {
		ConfigurableApplicationContext billing = start("billing");
		start("billing-reports");
		send(billing, 0, 60);
		awaitReceived("billing", 0, 60);
		awaitReceived("billing-reports", 0, 60);
		received.clear();
		assertThat(billing.getBean(KinesisListenerContainerRegistry.class)
			.getContainer("orders")
			.reset(this.stream, null, InitialPosition.TRIM_HORIZON)
			.join()).hasSize(2);
		awaitReceived("billing", 0, 60);
		send(billing, 60, 80);
		awaitReceived("billing-reports", 60, 80);
	}

	@Test
	void anApplicationThatDoesNotShareItsTableDoesNotStart(CapturedOutput output) {
		start("billing");
		assertThatException().isThrownBy(() -> start("reports", "--kinesis.lease.shared=false"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("kinesis.lease.shared is 'false' and the lease table '" + this.table + "' has the key "
					+ "['application' (HASH), 'shard' (RANGE)]: several applications share it.")
			.contains("Set kinesis.lease.shared to true, or kinesis.lease.table-name to another table.");
	}

	@Test
	void aTableOfOneApplicationIsNotShared(CapturedOutput output) {
		start("billing", "--kinesis.lease.shared=false");
		assertThatException().isThrownBy(() -> start("reports"));
		assertThat(output).contains("kinesis.lease.shared is 'true' and the lease table '" + this.table
				+ "' has the key ['shard' (HASH)] instead of ['application' (HASH), 'shard' (RANGE)].");
	}

	@Test
	void whatDiffersFromAnExistingTableIsLoggedOnceForItsProperties(CapturedOutput output) {
		start("billing");
		start("reports", "--kinesis.lease.table.deletion-protection=true");
		assertThat(output.getAll().split("\n"))
			.filteredOn(
					(line) -> line.contains("kinesis.lease.table.deletion-protection is 'true', and the lease table '"
							+ this.table + "' has 'false'. An existing table is not changed. "
							+ "Change the table, or set kinesis.lease.table.deletion-protection to 'false'"))
			.singleElement()
			.asString()
			.contains("WARN");
	}

	private ConfigurableApplicationContext start(String application, String... properties) {
		List<String> all = new ArrayList<>();
		server.properties().forEach((name, value) -> all.add("--" + name + "=" + value));
		all.addAll(List.of("--spring.application.name=" + application, "--stream=" + this.stream,
				"--kinesis.lease.table-name=" + this.table, "--kinesis.lease.failover-after=2s"));
		all.addAll(List.of(properties));
		if (!all.contains("--kinesis.lease.shared=false")) {
			all.add("--kinesis.lease.shared=true");
		}
		ConfigurableApplicationContext context = new SpringApplicationBuilder(Listening.class)
			.web(WebApplicationType.NONE)
			.run(all.toArray(String[]::new));
		this.running.add(context);
		return context;
	}

	private void send(ConfigurableApplicationContext context, int from, int to) {
		KinesisTemplate template = context.getBean(KinesisTemplate.class);
		IntStream.range(from, to)
			.mapToObj((number) -> template.send(this.stream, "key-" + number, Integer.toString(number)))
			.toList()
			.forEach((sent) -> sent.join());
	}

	private static void awaitReceived(String application, int from, int to) {
		List<String> expected = IntStream.range(from, to).mapToObj(Integer::toString).toList();
		await().untilAsserted(
				() -> assertThat(new HashSet<>(received.getOrDefault(application, new ConcurrentLinkedQueue<>())))
					.containsExactlyInAnyOrderElementsOf(expected));
	}

	private List<String> leases(ConfigurableApplicationContext context) {
		DynamoDbAsyncClient client = context.getBean("kinesisDynamoDbAsyncClient", DynamoDbAsyncClient.class);
		return client.scan((scan) -> scan.tableName(this.table).consistentRead(true))
			.join()
			.items()
			.stream()
			.filter((row) -> row.containsKey("shardId"))
			.map((row) -> text(row, "application") + " " + text(row, "shard"))
			.toList();
	}

	private static String text(Map<String, AttributeValue> row, String attribute) {
		return row.get(attribute).s();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Listening {

		private final String application;

		Listening(@Value("${spring.application.name}") String application) {
			this.application = application;
		}

		@KinesisListener(id = "orders", streams = "${stream}")
		void onOrder(String order) {
			received.computeIfAbsent(this.application, (name) -> new ConcurrentLinkedQueue<>()).add(order);
		}

	}

}

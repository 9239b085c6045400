package io.kinesisspring.boot.autoconfigure;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.util.ReflectionUtils;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClientBuilder;

import io.kinesisspring.KinesisHeaders;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.boot.autoconfigure.client.KinesisClientCustomizer;
import io.kinesisspring.converter.RecordConversionException;
import io.kinesisspring.deadletter.DeadLetter;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.error.ErrorDecision;
import io.kinesisspring.error.ErrorHandler;
import io.kinesisspring.event.KinesisListenerEvent;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.listener.Acknowledgment;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerFactory;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.listener.KinesisListenerEndpoint;
import io.kinesisspring.listener.ListenerShard;
import io.kinesisspring.listener.RecordInterceptor;
import io.kinesisspring.listener.RecordsListener;
import io.kinesisspring.listener.ShardListener;
import io.kinesisspring.producer.KinesisOperations;
import io.kinesisspring.producer.KinesisTemplate;
import io.kinesisspring.producer.SendResult;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * Whole applications on the embedded server and DynamoDB Local, over the wire.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(120)
class KinesisEndToEndTests {

	private static final AtomicInteger numbers = new AtomicInteger();

	private static EmbeddedKinesisServer server;

	private static KinesisAsyncClient kinesis;

	private static DynamoDbAsyncClient dynamoDb;

	private final List<ConfigurableApplicationContext> running = new ArrayList<>();

	private String stream;

	private String application;

	@BeforeAll
	static void startServer() {
		server = EmbeddedKinesisServer.builder().start();
		Map<String, String> properties = server.properties();
		StaticCredentialsProvider credentials = StaticCredentialsProvider.create(AwsBasicCredentials.create(
				properties.get("kinesis.credentials.access-key"), properties.get("kinesis.credentials.secret-key")));
		Region region = Region.of(properties.get("kinesis.region"));
		kinesis = KinesisAsyncClient.builder()
			.endpointOverride(server.endpoint())
			.region(region)
			.credentialsProvider(credentials)
			.build();
		dynamoDb = DynamoDbAsyncClient.builder()
			.endpointOverride(server.dynamoDbEndpoint().orElseThrow())
			.region(region)
			.credentialsProvider(credentials)
			.build();
	}

	@AfterAll
	static void stopServer() {
		kinesis.close();
		dynamoDb.close();
		server.close();
	}

	@BeforeEach
	void createStream() {
		int number = numbers.incrementAndGet();
		this.stream = "stream-" + number;
		this.application = "application-" + number;
		server.createStream(this.stream, 4);
	}

	@AfterEach
	void stopApplications() {
		this.running.forEach(ConfigurableApplicationContext::close);
		Received.clear();
	}

	@ParameterizedTest
	@ValueSource(strings = { "http2", "http1.1" })
	void deliversWhatTheTemplateSendsInEveryForm(String protocol) {
		ConfigurableApplicationContext context = start(EveryForm.class, "kinesis.http.protocol=" + protocol);
		KinesisOperations template = context.getBean(KinesisOperations.class);
		SendResult sent = template.send(this.stream, "customer", new Order("first", 1)).join();
		template.send(this.stream, "customer", new Order("second", 2)).join();
		Order[] orders = { new Order("first", 1), new Order("second", 2) };
		await().untilAsserted(() -> {
			assertThat(Received.by("record")).containsExactly((Object[]) orders);
			assertThat(Received.by("batch")).containsExactly((Object[]) orders);
			assertThat(Received.by("kinesisRecord")).containsExactly((Object[]) orders);
			assertThat(Received.by("message")).containsExactly((Object[]) orders);
			assertThat(Received.by("text")).hasSize(2);
			assertThat(Received.by("bytes")).hasSize(2);
			assertThat(Received.by("manual")).containsExactly((Object[]) orders);
		});
		assertThat(Received.by("record.key")).containsOnly("customer");
		assertThat(Received.by("record.shard")).containsOnly(sent.shardId());
		assertThat(Received.by("kinesisRecord.sequenceNumber")).first().hasToString(sent.sequenceNumber().toString());
		assertThat(Received.by("message.stream")).containsOnly(this.stream);
		assertThat(Received.by("text")).first(InstanceOfAssertFactories.STRING).isEqualTo("""
				{"customer":"first","amount":1}""");
	}

	@Test
	void resumesExactlyAfterTheLastCheckpoint() {
		start(Collecting.class);
		send(0, 200);
		await().untilAsserted(() -> assertThat(Received.by("orders")).hasSize(200));
		stopApplications();
		send(200, 300);
		start(Collecting.class);
		await().untilAsserted(() -> assertThat(Received.by("orders")).hasSize(100));
		assertThat(amounts("orders")).containsExactlyInAnyOrderElementsOf(numbers(200, 300));
	}

	@Test
	void continuesWithoutLossAfterAStopInTheMiddle() {
		start(Collecting.class, "kinesis.consumer.max-records=10");
		send(0, 2000);
		await().until(() -> Received.by("orders").size() > 300);
		Set<Integer> seen = stopAndCollect();
		int before = seen.size();
		assertThat(before).isLessThan(2000);
		start(Collecting.class);
		await().untilAsserted(() -> {
			Set<Integer> all = new HashSet<>(seen);
			all.addAll(amounts("orders"));
			assertThat(all).hasSize(2000);
		});
		assertThat(Received.by("orders")).hasSize(2000 - before);
	}

	@Test
	void checkpointsAndReleasesItsLeasesWhenItStops() {
		start(Collecting.class, "kinesis.consumer.checkpoint-interval=1h");
		send(0, 100);
		await().untilAsserted(() -> assertThat(Received.by("orders")).hasSize(100));
		stopApplications();
		List<Map<String, AttributeValue>> items = dynamoDb.scan((scan) -> scan.tableName(this.application))
			.join()
			.items();
		assertThat(items).hasSize(4).allSatisfy((item) -> {
			assertThat(item).doesNotContainKey("owner");
			assertThat(item.get("checkpoint").s()).matches("\\d+");
		});
	}

	@Test
	void anotherInstanceTakesOverAfterAStopLongBeforeItWouldAfterACrash() {
		ConfigurableApplicationContext first = start(Collecting.class, "kinesis.lease.failover-after=10m");
		start(Collecting.class, "kinesis.lease.failover-after=10m");
		send(0, 100);
		await().untilAsserted(() -> assertThat(Received.by("orders")).hasSizeGreaterThanOrEqualTo(100));
		first.close();
		send(100, 200);
		await().untilAsserted(() -> assertThat(new HashSet<>(amounts("orders"))).hasSize(200));
	}

	@Test
	void keepsLeasesInTheTableOfTheProperties() {
		start(Collecting.class, "kinesis.lease.table-name=" + this.application + ".leases",
				"kinesis.lease.key-attribute=id");
		List<Map<String, AttributeValue>> items = dynamoDb.scan((scan) -> scan.tableName(this.application + ".leases"))
			.join()
			.items();
		assertThat(items).hasSizeGreaterThanOrEqualTo(4).allSatisfy((item) -> assertThat(item).containsKey("id"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "none", "memory" })
	void withoutATableEveryStartReadsEverything(String store) {
		send(0, 50);
		for (int i = 0; i < 2; i++) {
			start(Collecting.class, "kinesis.lease.store=" + store, "kinesis.dynamodb.endpoint=http://127.0.0.1:1");
			await()
				.untilAsserted(() -> assertThat(amounts("orders")).containsExactlyInAnyOrderElementsOf(numbers(0, 50)));
			stopApplications();
		}
		assertThat(dynamoDb.listTables().join().tableNames()).doesNotContain(this.application);
	}

	@Test
	void withoutATableEveryInstanceReadsEveryShard() {
		start(Collecting.class, "kinesis.lease.store=none");
		start(Collecting.class, "kinesis.lease.store=none");
		send(0, 50);
		await().untilAsserted(() -> assertThat(Received.by("orders")).hasSize(100));
		assertThat(new HashSet<>(amounts("orders"))).hasSize(50);
	}

	@Test
	void whenConsumersAreDisabledSendsAndDoesNotListen() {
		ConfigurableApplicationContext context = start(Collecting.class, "kinesis.consumer.enabled=false",
				"kinesis.dynamodb.endpoint=http://127.0.0.1:1");
		context.getBean(KinesisOperations.class).send(this.stream, "key", new Order("a", 1)).join();
		assertThat(context.getBeansOfType(DynamoDbAsyncClient.class)).isEmpty();
		assertThat(Received.by("orders")).isEmpty();
	}

	@Test
	void whenAutoStartupIsOffListenersCanBeStartedLater() {
		ConfigurableApplicationContext context = start(Collecting.class, "kinesis.listeners.orders.auto-startup=false");
		send(0, 10);
		assertThat(Received.by("orders")).isEmpty();
		context.getBean(KinesisListenerContainerRegistry.class).getContainer("orders").start();
		await().untilAsserted(() -> assertThat(Received.by("orders")).hasSize(10));
	}

	@Test
	void aRecordThatCannotBeDecodedStopsItsShardAndIsNeitherLostNorDelaysOtherShards(CapturedOutput output) {
		start(Collecting.class);
		Map<String, String> keys = keysByShard();
		List<String> shards = List.copyOf(keys.keySet());
		String poisoned = keys.get(shards.get(0));
		put(poisoned, "{\"customer\":\"before\",\"amount\":-1}");
		String sequenceNumber = put(poisoned, "no json, and secret");
		put(poisoned, "{\"customer\":\"behind\",\"amount\":-2}");
		for (int i = 1; i < shards.size(); i++) {
			put(keys.get(shards.get(i)), "{\"customer\":\"other\",\"amount\":" + i + "}");
		}
		await()
			.untilAsserted(() -> assertThat(output).contains("Stopped reading " + this.stream + "_" + shards.get(0)));
		await().untilAsserted(() -> assertThat(amounts("orders")).containsExactlyInAnyOrder(-1, 1, 2, 3));
		assertThat(output)
			.contains("Delivery failed at stream '" + this.stream + "', shard '" + shards.get(0) + "', sequence number "
					+ sequenceNumber)
			.contains(RecordConversionException.class.getName())
			.doesNotContain("secret");
		stopApplications();
		start(SkippingFailures.class);
		await().untilAsserted(() -> assertThat(amounts("orders")).containsExactly(-2));
	}

	@Test
	void anExhaustedRecordIsInTheDeadLetterStreamWithItsFailure() {
		server.createStream(this.stream + "-dead", 1);
		start(Dead.class, "kinesis.consumer.error.on-exhausted=dead-letter",
				"kinesis.consumer.error.dead-letter-stream=" + this.stream + "-dead",
				"kinesis.listeners.dead-letters.error.on-exhausted=stop-shard");
		put("key", "{\"customer\":\"before\",\"amount\":-1}");
		String sequenceNumber = put("key", "no json");
		put("key", "{\"customer\":\"behind\",\"amount\":-2}");
		await().untilAsserted(() -> assertThat(amounts("orders")).containsExactly(-1, -2));
		await().untilAsserted(() -> assertThat(Received.by("dead")).singleElement()
			.isInstanceOfSatisfying(DeadLetter.class, (letter) -> {
				assertThat(letter.stream()).isEqualTo(this.stream);
				assertThat(letter.partitionKey()).isEqualTo("key");
				assertThat(letter.sequenceNumber()).isEqualTo(sequenceNumber);
				assertThat(letter.attempts()).isOne();
				assertThat(letter.exception()).isEqualTo(RecordConversionException.class.getName());
				assertThat(letter.data()).asString().isEqualTo("no json");
			}));
	}

	@Test
	void interceptorsShardListenersAndEventListenersOfTheApplicationAreCalled() {
		ConfigurableApplicationContext context = start(Listening.class);
		put("key", "{\"customer\":\"a\",\"amount\":1}");
		await().untilAsserted(() -> assertThat(Received.by("calls")).contains("before 1", "success 1"));
		assertThat(Received.by("calls").stream().filter("assigned"::equals)).hasSize(4);
		context.close();
		assertThat(Received.by("calls").stream().filter("revoked"::equals)).hasSize(4);
		assertThat(Received.by("events")).hasOnlyElementsOfType(KinesisListenerEvent.class)
			.contains(new KinesisListenerEvent.ListenerStarted("orders"))
			.filteredOn(KinesisListenerEvent.ShardAssigned.class::isInstance)
			.hasSize(4);
	}

	@Test
	void listenersRegisteredAtRunTimeStopWithTheApplication() {
		ConfigurableApplicationContext context = start(ProducerOnly.class);
		RecordsListener listener = new RecordsListener() {

			@Override
			public CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery) {
				Received.add("late", records.get(0));
				return null;
			}

			@Override
			public boolean isBatch() {
				return false;
			}

		};
		KinesisListenerContainer container = context.getBean(KinesisListenerContainerRegistry.class)
			.register(
					new KinesisListenerEndpoint("late", List.of(StreamIdentifier.of(this.stream)), listener,
							(options) -> options.checkpointInterval(Duration.ofHours(1)), "a test"),
					context.getBean(KinesisListenerContainerFactory.class));
		container.start();
		send(0, 20);
		await().untilAsserted(() -> assertThat(Received.by("late")).hasSize(20));
		stopApplications();
		assertThat(container.isRunning()).isFalse();
		start(Collecting.class);
		send(20, 21);
		await().untilAsserted(() -> assertThat(amounts("orders")).containsExactly(20));
	}

	@Test
	void containersStopBeforeTheTemplateAndTheWebServer() {
		ConfigurableApplicationContext context = start(Collecting.class);
		int container = context.getBean(KinesisListenerContainer.class).getPhase();
		assertThat(container).isGreaterThan(context.getBean(KinesisTemplate.class).getPhase())
			.isGreaterThan(SmartLifecycle.DEFAULT_PHASE - 1024);
	}

	@Test
	void recordsThatStoppingListenersSendAreStored() {
		server.createStream(this.stream + "-out", 1);
		ConfigurableApplicationContext context = start(Forwarding.class, "kinesis.consumer.max-records=50",
				"kinesis.producer.linger=100ms");
		send(0, 1000);
		await().until(() -> Received.by("forwarded").size() > 50);
		context.close();
		int forwarded = Received.by("forwarded").size();
		assertThat(forwarded).isLessThan(1000);
		start(Collecting.class, "test.stream=" + this.stream + "-out", "spring.application.name=out");
		await().untilAsserted(() -> assertThat(Received.by("orders")).hasSize(forwarded));
	}

	@Test
	void whenTheStreamDoesNotExistTheStartFails(CapturedOutput output) {
		fail("test.stream=nowhere");
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The stream 'nowhere' does not exist.")
			.contains("Create it, correct the name, or set kinesis.streams.on-missing to 'wait' or 'create'");
	}

	@Test
	void whenTheStreamDoesNotExistCreatesItIfConfigured() {
		ConfigurableApplicationContext context = start(Collecting.class, "test.stream=" + this.stream + "-new",
				"kinesis.streams.on-missing=create", "kinesis.streams.create.shards=2");
		assertThat(server.openShards(this.stream + "-new")).hasSize(2);
		context.getBean(KinesisOperations.class).send(this.stream + "-new", "key", new Order("a", 1)).join();
		await().untilAsserted(() -> assertThat(Received.by("orders")).hasSize(1));
	}

	@Test
	@Timeout(180)
	void whenNothingAnswersAtTheEndpointOfKinesisTheStartFails(CapturedOutput output) {
		fail("kinesis.endpoint=http://127.0.0.1:1");
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("kinesis:ListShards on the stream '" + this.stream + "' got no response")
			.contains("kinesis.endpoint")
			.contains("kinesis.consumer.auto-startup=false");
	}

	@Test
	@Timeout(180)
	void whenNothingAnswersAtTheEndpointOfDynamoDbTheStartFails(CapturedOutput output) {
		fail("kinesis.dynamodb.endpoint=http://127.0.0.1:1");
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("dynamodb:DescribeTable on the lease table '" + this.application + "' got no response")
			.contains("kinesis.dynamodb.endpoint");
	}

	@Test
	@Timeout(180)
	void whenTheEndpointDoesNotRespondTheStartFailsAfterTheTimeout(CapturedOutput output) throws IOException {
		try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			fail(ShortTimeouts.class, "kinesis.endpoint=http://127.0.0.1:" + silent.getLocalPort());
		}
		assertThat(output).contains("APPLICATION FAILED TO START").contains("got no response");
	}

	@Test
	void whenOneListenerCannotStartTheOthersStopAndReleaseTheirLeases() {
		fail(TwoStreams.class, "test.other-stream=nowhere");
		List<Map<String, AttributeValue>> items = dynamoDb.scan((scan) -> scan.tableName(this.application))
			.join()
			.items();
		assertThat(items).allSatisfy((item) -> assertThat(item).doesNotContainKey("owner"));
	}

	@Test
	void whenTheExecutorRejectsTasksTheShardWaitsAndTheApplicationStopsAtOnce() {
		start(Refusing.class);
		send(0, 1);
		await().untilAsserted(() -> assertThat(Received.by("refused")).isNotEmpty());
		long stopping = System.nanoTime();
		stopApplications();
		assertThat(Duration.ofNanos(System.nanoTime() - stopping)).isLessThan(Duration.ofSeconds(15));
		start(Collecting.class);
		await().untilAsserted(() -> assertThat(Received.by("orders")).hasSize(1));
	}

	@Test
	void listensWhenInitializationIsLazy() {
		start(Collecting.class, "spring.main.lazy-initialization=true");
		send(0, 10);
		await().untilAsserted(() -> assertThat(Received.by("orders")).hasSize(10));
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void listensOnVirtualThreadsWhenTheyAreEnabled() {
		start(Collecting.class, "spring.threads.virtual.enabled=true");
		send(0, 1);
		await().untilAsserted(() -> assertThat(Received.by("virtual")).containsExactly(true));
	}

	private ConfigurableApplicationContext start(Class<?> type, String... properties) {
		ConfigurableApplicationContext context = builder(type, properties).run();
		this.running.add(context);
		return context;
	}

	private void fail(String... properties) {
		fail(Collecting.class, properties);
	}

	private void fail(Class<?> type, String... properties) {
		SpringApplicationBuilder builder = builder(type, properties);
		assertThatException().isThrownBy(builder::run);
	}

	private SpringApplicationBuilder builder(Class<?> type, String... properties) {
		Map<String, Object> all = new HashMap<>(server.properties());
		all.put("spring.application.name", this.application);
		all.put("test.stream", this.stream);
		all.put("kinesis.lease.failover-after", "3s");
		all.put("kinesis.consumer.checkpoint-interval", "100ms");
		Stream.of(properties)
			.forEach((property) -> all.put(property.substring(0, property.indexOf('=')),
					property.substring(property.indexOf('=') + 1)));
		return new SpringApplicationBuilder(type).web(WebApplicationType.NONE).properties(all);
	}

	private Set<Integer> stopAndCollect() {
		this.running.forEach(ConfigurableApplicationContext::close);
		Set<Integer> seen = new HashSet<>(amounts("orders"));
		Received.clear();
		return seen;
	}

	private void send(int from, int to) {
		try (ConfigurableApplicationContext context = builder(ProducerOnly.class).run()) {
			assertThat(context.getBean(KinesisTemplate.class)
				.sendAll(this.stream,
						numbers(from, to).stream().map((number) -> new Order("c" + number, number)).toList())
				.join()
				.failures()).isEmpty();
		}
	}

	private String put(String partitionKey, String data) {
		return kinesis
			.putRecord((put) -> put.streamName(this.stream)
				.partitionKey(partitionKey)
				.data(SdkBytes.fromString(data, StandardCharsets.UTF_8)))
			.join()
			.sequenceNumber();
	}

	/**
	 * Keys found by sending to another stream of as many shards.
	 */
	private Map<String, String> keysByShard() {
		server.createStream(this.stream + "-keys", 4);
		Map<String, String> keys = new HashMap<>();
		for (int i = 0; keys.size() < 4; i++) {
			String key = "key-" + i;
			String shardId = kinesis.putRecord(
					(put) -> put.streamName(this.stream + "-keys").partitionKey(key).data(SdkBytes.fromUtf8String("x")))
				.join()
				.shardId();
			keys.putIfAbsent(shardId, key);
		}
		return keys;
	}

	private static List<Integer> numbers(int from, int to) {
		return IntStream.range(from, to).boxed().toList();
	}

	private static List<Integer> amounts(String listener) {
		return Received.by(listener).stream().map((order) -> ((Order) order).amount()).toList();
	}

	record Order(String customer, int amount) {

	}

	/**
	 * What listeners received, by listener.
	 */
	static final class Received {

		private static final Map<String, Queue<Object>> received = new ConcurrentHashMap<>();

		private Received() {
		}

		static void add(String listener, Object value) {
			received.computeIfAbsent(listener, (name) -> new ConcurrentLinkedQueue<>()).add(value);
		}

		static List<Object> by(String listener) {
			return List.copyOf(received.getOrDefault(listener, new ConcurrentLinkedQueue<>()));
		}

		static void clear() {
			received.clear();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class ProducerOnly {

	}

	static class Collector {

		@KinesisListener(id = "orders", streams = "${test.stream}")
		void onOrder(Order order) {
			Received.add("orders", order);
			Received.add("virtual", isVirtual());
		}

		private static Object isVirtual() {
			Method method = ReflectionUtils.findMethod(Thread.class, "isVirtual");
			return (method != null) ? ReflectionUtils.invokeMethod(method, Thread.currentThread()) : false;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Collecting {

		@Bean
		Collector collector() {
			return new Collector();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Refusing extends Collecting {

		@Bean
		Executor kinesisTaskExecutor() {
			return (task) -> {
				Received.add("refused", task);
				throw new RejectedExecutionException();
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Dead extends Collecting {

		@KinesisListener(id = "dead-letters", streams = "${kinesis.consumer.error.dead-letter-stream}")
		void onDeadLetter(DeadLetter letter) {
			Received.add("dead", letter);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Listening extends Collecting {

		@Bean
		RecordInterceptor interceptor() {
			return new RecordInterceptor() {

				@Override
				public void before(List<KinesisRecord<byte[]>> records) {
					Received.add("calls", "before " + records.size());
				}

				@Override
				public void success(List<KinesisRecord<byte[]>> records) {
					Received.add("calls", "success " + records.size());
				}

			};
		}

		@Bean
		ShardListener shardListener() {
			return new ShardListener() {

				@Override
				public @Nullable Checkpoint onAssigned(ListenerShard shard) {
					Received.add("calls", "assigned");
					return null;
				}

				@Override
				public void onRevoked(ListenerShard shard) {
					Received.add("calls", "revoked");
				}

			};
		}

		@EventListener
		void onEvent(KinesisListenerEvent event) {
			Received.add("events", event);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SkippingFailures extends Collecting {

		@Bean
		ErrorHandler skipping() {
			return (failure) -> ErrorDecision.skip();
		}

	}

	static class OtherListener {

		@KinesisListener(id = "other", streams = "${test.other-stream}")
		void onOther(Order order) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class TwoStreams {

		@Bean
		Collector collector() {
			return new Collector();
		}

		@Bean
		OtherListener other() {
			return new OtherListener();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ShortTimeouts extends Collecting {

		@Bean
		KinesisClientCustomizer<KinesisAsyncClientBuilder> shortTimeouts() {
			return (builder) -> builder.overrideConfiguration(builder.overrideConfiguration()
				.copy((override) -> override.apiCallAttemptTimeout(Duration.ofMillis(500))));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Forwarding {

		@Bean
		Forwarder forwarder(KinesisOperations template) {
			return new Forwarder(template);
		}

	}

	record Forwarder(KinesisOperations template) {

		@KinesisListener(streams = "${test.stream}")
		void forward(KinesisRecord<Order> record) {
			this.template.send(record.stream() + "-out", "key-" + record.payload().amount(), record.payload());
			Received.add("forwarded", record.payload());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class EveryForm {

		@KinesisListener(streams = "${test.stream}", application = "${spring.application.name}-record")
		void onRecord(Order order, @Header(KinesisHeaders.PARTITION_KEY) String key,
				@Header(KinesisHeaders.SHARD_ID) String shardId) {
			Received.add("record", order);
			Received.add("record.key", key);
			Received.add("record.shard", shardId);
		}

		@KinesisListener(streams = "${test.stream}", application = "${spring.application.name}-batch")
		void onBatch(List<Order> orders) {
			orders.forEach((order) -> Received.add("batch", order));
		}

		@KinesisListener(streams = "${test.stream}", application = "${spring.application.name}-kinesis-record")
		void onKinesisRecord(KinesisRecord<Order> record) {
			Received.add("kinesisRecord", record.payload());
			Received.add("kinesisRecord.sequenceNumber", record.sequenceNumber());
		}

		@KinesisListener(streams = "${test.stream}", application = "${spring.application.name}-message")
		void onMessage(Message<Order> message) {
			Received.add("message", message.getPayload());
			Received.add("message.stream", message.getHeaders().get(KinesisHeaders.STREAM));
		}

		@KinesisListener(streams = "${test.stream}", application = "${spring.application.name}-text")
		void onText(String text) {
			Received.add("text", text);
		}

		@KinesisListener(streams = "${test.stream}", application = "${spring.application.name}-bytes")
		void onBytes(byte[] bytes) {
			Received.add("bytes", bytes);
		}

		@KinesisListener(streams = "${test.stream}", application = "${spring.application.name}-manual",
				ackMode = "manual")
		void onManual(KinesisRecord<Order> record, Acknowledgment acknowledgment) {
			Received.add("manual", record.payload());
			acknowledgment.acknowledge();
		}

	}

}

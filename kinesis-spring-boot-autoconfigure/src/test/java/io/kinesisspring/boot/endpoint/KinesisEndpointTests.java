package io.kinesisspring.boot.endpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.boot.endpoint.EndpointApplications.Response;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.producer.KinesisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link KinesisEndpoint}: over HTTP, with applications on the embedded server
 * and DynamoDB Local.
 */
@Timeout(180)
class KinesisEndpointTests {

	private static final String BAD_INPUT = """
			/orders/jump    | {}                                              | is no action
			/orders/pause   | {"shard": "shardId-000000000000"}               | 'shard' needs 'stream'
			/orders/pause   | {"stream": "other"}                             | is none of the listener's streams
			/orders/pause   | {"stream": "STREAM", "shard": "shardId-99"}     | 'shardId-99' is no shard of the stream
			/orders/resume  | {"stream": "STREAM", "shard": "shardId-99"}     | 'shardId-99' is no shard of the stream
			/orders/pause   | {"position": "latest"}                          | 'position' is for 'reset' and 'redrive' only
			/orders/release | {"stream": "STREAM"}                            | 'shard' is missing
			/orders/release | {"stream": "STREAM", "shard": "shardId-99"}     | There is no lease of shard 'shardId-99'
			/orders/reset   | {"stream": "STREAM"}                            | 'position' is missing
			/orders/redrive | {}                                              | 'stream' is missing
			/orders/redrive | {"stream": "a b"}                               | 'a b'
			/orders/redrive | {"stream": "dead", "shard": "shardId-99"}       | A redrive has no 'shard'
			/orders/redrive | {"stream": "dead", "position": "4711"}          | '4711' is no position
			/orders/stop-redrive | {"stream": "dead"}                         | This instance has not redriven the stream 'dead'
			/orders/reset   | {"position": "latest"}                          | 'stream' is missing
			/orders/reset   | {"stream": "STREAM", "position": "yesterday"}   | 'yesterday' is no position
			/orders/reset   | {"stream": "STREAM", "position": "4711"}        | 'shard' is missing
			/orders/reset   | {"stream": "STREAM", "shard": "shardId-99", "position": "latest"} | There is no lease of shard 'shardId-99'
			/orders/reset   | {"stream": "STREAM", "shard": "shardId-000000000000", "position": "4711"} | cannot be read behind 4711
			""";

	private static final AtomicInteger numbers = new AtomicInteger();

	private static EmbeddedKinesisServer server;

	private final EndpointApplications applications = new EndpointApplications();

	private String stream;

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
		this.stream = "stream-" + numbers.incrementAndGet();
		server.createStream(this.stream, 2);
	}

	@AfterEach
	void stopApplications() {
		Listener.gate.countDown();
		this.applications.stop();
		Listener.received.clear();
	}

	@Test
	void showsListenersAndShardsInTheShapesThatAreDocumented() throws Exception {
		ConfigurableApplicationContext first = start();
		ConfigurableApplicationContext second = start();
		await()
			.untilAsserted(() -> assertThat(get(first, "").json().at("/listeners/orders/held").asInt()).isEqualTo(1));
		await()
			.untilAsserted(() -> assertThat(get(second, "").json().at("/listeners/orders/held").asInt()).isEqualTo(1));
		await().untilAsserted(
				() -> assertThat(get(first, "").json().at("/listeners/orders/maxMillisBehindLatest").asInt()).isZero());
		JsonNode all = get(first, "").json();
		JsonNode one = get(first, "/orders").json();
		List<JsonNode> documented = documented();
		assertThat(shape(all)).isEqualTo(shape(documented.get(0)));
		assertThat(shape(one.get("listener"))).isEqualTo(shape(documented.get(1).get("listener")));
		assertThat(names(one)).isEqualTo(names(documented.get(1)));
		assertThat(shards(one)).extracting((shard) -> shape(shard).toString())
			.containsExactlyInAnyOrderElementsOf(
					shards(documented.get(1)).stream().map((shard) -> shape(shard).toString()).toList());
		assertThat(one.at("/listener/application").asString()).isEqualTo("shop-" + this.stream);
		assertThat(shards(one)).allSatisfy((shard) -> assertThat(shard.get("state").asString()).isEqualTo("held"));
		JsonNode mine = shards(one).stream().filter((shard) -> shard.get("here").asBoolean()).findFirst().orElseThrow();
		assertThat(mine.get("owner").asString()).startsWith(one.at("/listener/worker").asString());
		assertThat(mine.get("activity").asString()).isEqualTo("reading");
		assertThat(shape(post(first, "/orders/pause", "{}").json())).isEqualTo(shape(documented.get(2)));
		assertThat(shape(post(first, "/orders/jump", "{}").json())).isEqualTo(shape(documented.get(3)));
	}

	@Test
	void isReadOnlyUnlessAccessIsGranted() throws Exception {
		ConfigurableApplicationContext context = start("management.endpoint.kinesis.access=read-only");
		assertThat(get(context, "/orders").status()).isEqualTo(200);
		assertThat(post(context, "/orders/pause", "{}").status()).isEqualTo(404);
		ConfigurableApplicationContext byDefault = start("management.endpoint.kinesis.access=");
		assertThat(post(byDefault, "/orders/pause", "{}").status()).isEqualTo(404);
	}

	@Test
	void doesNotExistUnlessItIsExposed() throws Exception {
		ConfigurableApplicationContext context = start("management.endpoints.web.exposure.include=health");
		assertThat(get(context, "").status()).isEqualTo(404);
		assertThat(context.getBeanNamesForType(KinesisEndpoint.class)).isEmpty();
	}

	@Test
	void rejectsBadInputWithTheReason() throws Exception {
		ConfigurableApplicationContext context = start();
		for (String row : BAD_INPUT.lines().toList()) {
			String[] columns = row.replace("STREAM", this.stream).split(" *\\| ");
			Response response = post(context, columns[0], columns[1]);
			assertThat(response.json().path("reason").asString()).as(row).contains(columns[2]);
			assertThat(response.status()).as(row).isEqualTo(400);
		}
	}

	@Test
	void rejectsUnknownListeners() throws Exception {
		ConfigurableApplicationContext context = start();
		assertThat(get(context, "/clicks").status()).isEqualTo(404);
		Response response = post(context, "/clicks/pause", "{}");
		assertThat(response.status()).isEqualTo(404);
		assertThat(response.json().get("reason").asString()).isEqualTo("There is no listener 'clicks', only [orders]");
	}

	@Test
	void pausesAndResumesThisInstance() throws Exception {
		ConfigurableApplicationContext context = start();
		Response paused = post(context, "/orders/pause", "{\"stream\": \"" + this.stream + "\"}");
		assertThat(paused.status()).isEqualTo(200);
		assertThat(paused.json().get("scope").asString()).isEqualTo("instance");
		assertThat(paused.json().get("shards")).hasSize(2);
		await().untilAsserted(
				() -> assertThat(get(context, "").json().at("/listeners/orders/paused").asInt()).isEqualTo(2));
		send(context, 0, 10);
		assertThat(post(context, "/orders/resume", "{\"stream\": \"" + this.stream + "\"}").status()).isEqualTo(200);
		await().untilAsserted(() -> assertThat(Listener.received).hasSize(10));
	}

	@Test
	void reportsAPauseThatWaitsForARecord() throws Exception {
		Listener.gate = new CountDownLatch(1);
		ConfigurableApplicationContext context = start();
		send(context, 0, 1);
		await().until(() -> !Listener.received.isEmpty());
		Response paused = post(context, "/orders/pause", "{}");
		assertThat(paused.status()).isEqualTo(200);
		assertThat(paused.json().get("complete").asBoolean()).isFalse();
	}

	@Test
	void rejectsOperationsOnAListenerThatDoesNotRun() throws Exception {
		ConfigurableApplicationContext context = start("kinesis.consumer.auto-startup=false");
		Response response = post(context, "/orders/pause", "{}");
		assertThat(response.status()).isEqualTo(409);
		assertThat(response.json().get("reason").asString()).contains("does not run");
	}

	@Test
	void releasesAShardThatAnotherInstanceReads() throws Exception {
		ConfigurableApplicationContext reading = start();
		ConfigurableApplicationContext requester = start("kinesis.consumer.auto-startup=false");
		long epoch = shard(reading).get("epoch").asLong();
		Response response = post(requester, "/orders/release",
				"{\"stream\": \"" + this.stream + "\", \"shard\": \"shardId-000000000000\"}");
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.json().get("scope").asString()).isEqualTo("fleet");
		await().untilAsserted(() -> {
			assertThat(shard(requester).get("epoch").asLong()).isGreaterThan(epoch + 1);
			assertThat(shard(requester).get("state").asString()).isEqualTo("held");
		});
		send(reading, 0, 20);
		await().untilAsserted(() -> assertThat(Listener.received).hasSize(20));
	}

	@Test
	void resetsTheWholeFleetToTheOldestRecord() throws Exception {
		ConfigurableApplicationContext first = start();
		ConfigurableApplicationContext second = start();
		send(first, 0, 100);
		await().untilAsserted(() -> assertThat(numbersReceived()).hasSize(100));
		Listener.received.clear();
		Response response = reset(second, "trim-horizon");
		assertThat(response.body()).contains("\"scope\":\"fleet\"").contains("shardId-000000000001");
		await().untilAsserted(() -> assertThat(numbersReceived()).hasSize(100));
		assertThat(Listener.received).as("each once").hasSize(100);
		assertInOrder();
	}

	@Test
	void resetsWhileRecordsAreDelivered() throws Exception {
		ConfigurableApplicationContext first = start("kinesis.consumer.max-records=5");
		start("kinesis.consumer.max-records=5");
		send(first, 0, 300);
		await().until(() -> Listener.received.size() > 20);
		Instant begin = Instant.EPOCH;
		assertThat(reset(first, begin.toString()).status()).isEqualTo(200);
		int before = Listener.received.size();
		send(first, 300, 320);
		await().untilAsserted(() -> assertThat(numbersReceivedSince(before)).contains(310).hasSizeGreaterThan(100));
		await().untilAsserted(() -> assertThat(numbersReceived()).hasSize(320));
	}

	@Test
	void skipsToTheLatest() throws Exception {
		ConfigurableApplicationContext context = start();
		post(context, "/orders/pause", "{}");
		send(context, 0, 50);
		await().pollDelay(Duration.ofMillis(1100)).until(() -> true);
		assertThat(reset(context, "latest").status()).isEqualTo(200);
		send(context, 50, 60);
		assertThat(post(context, "/orders/resume", "{}").status()).isEqualTo(200);
		await().untilAsserted(() -> assertThat(numbersReceived()).hasSize(10));
		assertThat(numbersReceived()).allMatch((number) -> number >= 50);
	}

	@Test
	void resetsToTheRecordAfterASequenceNumber() throws Exception {
		ConfigurableApplicationContext context = start();
		send(context, 0, 40);
		await().untilAsserted(() -> assertThat(numbersReceived()).hasSize(40));
		List<KinesisRecord<String>> ofShard = Listener.received.stream()
			.filter((record) -> record.shardId().equals("shardId-000000000000"))
			.toList();
		KinesisRecord<String> last = ofShard.get(ofShard.size() / 2);
		Listener.received.clear();
		Response response = post(context, "/orders/reset", "{\"stream\": \"" + this.stream
				+ "\", \"shard\": \"shardId-000000000000\", \"position\": \"" + last.sequenceNumber() + "\"}");
		assertThat(response.status()).isEqualTo(200);
		await().untilAsserted(() -> assertThat(Listener.received).hasSize(ofShard.size() - ofShard.size() / 2 - 1));
		assertThat(Listener.received).first()
			.satisfies(
					(record) -> assertThat(record.payload()).isEqualTo(ofShard.get(ofShard.size() / 2 + 1).payload()));
	}

	@Test
	void resetsAListenerThatIsStoppedEverywhere() throws Exception {
		ConfigurableApplicationContext context = start();
		send(context, 0, 30);
		await().untilAsserted(() -> assertThat(numbersReceived()).hasSize(30));
		this.applications.stop();
		Listener.received.clear();
		ConfigurableApplicationContext stopped = start("kinesis.consumer.auto-startup=false");
		assertThat(reset(stopped, "trim-horizon").status()).isEqualTo(200);
		start();
		await().untilAsserted(() -> assertThat(numbersReceived()).hasSize(30));
	}

	private static void assertInOrder() {
		Map<String, List<KinesisRecord<String>>> byShard = Listener.received.stream()
			.collect(Collectors.groupingBy((record) -> record.shardId()));
		byShard.values().forEach((records) -> assertThat(records).extracting(KinesisRecord::sequenceNumber).isSorted());
	}

	private static Set<Integer> numbersReceived() {
		return numbersReceivedSince(0);
	}

	private static Set<Integer> numbersReceivedSince(int index) {
		Set<Integer> received = new TreeSet<>();
		Listener.received.stream().skip(index).forEach((record) -> received.add(Integer.valueOf(record.payload())));
		return received;
	}

	private void send(ConfigurableApplicationContext context, int from, int to) {
		KinesisTemplate template = context.getBean(KinesisTemplate.class);
		IntStream.range(from, to)
			.mapToObj((number) -> template.send(this.stream, "key-" + number, String.valueOf(number)))
			.toList()
			.forEach((sent) -> sent.join());
	}

	private Response reset(ConfigurableApplicationContext context, String position) throws Exception {
		return post(context, "/orders/reset",
				"{\"stream\": \"" + this.stream + "\", \"position\": \"" + position + "\"}");
	}

	private static JsonNode shard(ConfigurableApplicationContext context) throws Exception {
		return get(context, "/orders").json().get("shards").get(0);
	}

	private static List<JsonNode> shards(JsonNode listener) {
		List<JsonNode> shards = new ArrayList<>();
		listener.get("shards").forEach(shards::add);
		return shards;
	}

	static List<JsonNode> documented() throws IOException {
		Matcher examples = Pattern.compile("```json\\n(.*?)```", Pattern.DOTALL)
			.matcher(Files.readString(Path.of("../docs/actuator.md")));
		List<JsonNode> found = new ArrayList<>();
		while (examples.find()) {
			found.add(JsonMapper.shared().readTree(examples.group(1)));
		}
		assertThat(found).hasSize(5);
		return found;
	}

	/**
	 * The names in a JSON object and the kinds of their values.
	 */
	static Map<String, Object> shape(JsonNode node) {
		Map<String, Object> shape = new TreeMap<>();
		node.properties()
			.forEach((property) -> shape.put(property.getKey(),
					property.getValue().isObject() ? shape(property.getValue()) : property.getValue().getNodeType()));
		return shape;
	}

	private static Set<String> names(JsonNode node) {
		return new TreeSet<>(node.propertyNames());
	}

	private static Response get(ConfigurableApplicationContext context, String path) throws Exception {
		return EndpointApplications.get(context, path);
	}

	private static Response post(ConfigurableApplicationContext context, String path, String body) throws Exception {
		return EndpointApplications.post(context, path, body);
	}

	private ConfigurableApplicationContext start(String... properties) {
		List<String> all = new ArrayList<>(
				List.of("spring.application.name=shop-" + this.stream, "stream=" + this.stream));
		all.addAll(List.of(properties));
		return this.applications.start(server, Listener.class, all.toArray(String[]::new));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Listener {

		private static final Queue<KinesisRecord<String>> received = new ConcurrentLinkedQueue<>();

		private static volatile CountDownLatch gate = new CountDownLatch(0);

		@KinesisListener(id = "orders", streams = "${stream}")
		void onOrder(KinesisRecord<String> order) throws InterruptedException {
			received.add(order);
			gate.await(1, TimeUnit.MINUTES);
		}

	}

}

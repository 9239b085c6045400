package io.kinesisspring.boot.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.listener.ShardStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * One listener on several streams, whose shards have the same ids: a whole application on
 * the embedded server and DynamoDB Local.
 */
@Timeout(120)
class SeveralStreamsTests {

	private static final AtomicInteger numbers = new AtomicInteger();

	private static EmbeddedKinesisServer server;

	private static KinesisAsyncClient kinesis;

	private final List<ConfigurableApplicationContext> running = new ArrayList<>();

	private String one;

	private String two;

	private String three;

	@BeforeAll
	static void startServer() {
		server = EmbeddedKinesisServer.builder().start();
		Map<String, String> properties = server.properties();
		kinesis = KinesisAsyncClient.builder()
			.endpointOverride(server.endpoint())
			.region(Region.of(properties.get("kinesis.region")))
			.credentialsProvider(StaticCredentialsProvider
				.create(AwsBasicCredentials.create(properties.get("kinesis.credentials.access-key"),
						properties.get("kinesis.credentials.secret-key"))))
			.build();
	}

	@AfterAll
	static void stopServer() {
		kinesis.close();
		server.close();
	}

	@BeforeEach
	void createStreams() {
		int number = numbers.incrementAndGet();
		this.one = "one-" + number;
		this.two = "two-" + number;
		this.three = "three-" + number;
		server.createStream(this.one, 1);
		server.createStream(this.two, 2);
	}

	@AfterEach
	void stopApplications() {
		this.running.forEach(ConfigurableApplicationContext::close);
		Received.clear();
	}

	@Test
	void areReadFromTheirCheckpointsByNameAndByArn() {
		server.createStream(this.three, 1);
		String streams = this.one + "," + arn(this.two) + "," + this.three;
		ConfigurableApplicationContext context = start(streams);
		put(0, 10, this.one, this.two, this.three);
		awaitReceived(0, 10, this.one, this.two, this.three);
		context.close();
		Received.clear();
		put(10, 20, this.one, this.two, this.three);
		KinesisListenerContainer container = container(start(streams));
		awaitReceived(10, 20, this.one, this.two, this.three);
		assertThat(container.getLeases().join()).extracting(Lease::key)
			.containsExactlyInAnyOrder(this.one + "_shardId-000000000000", this.two + "_shardId-000000000000",
					this.two + "_shardId-000000000001", this.three + "_shardId-000000000000");
	}

	/**
	 * The instances are of one process, so that only each stream is shared evenly.
	 */
	@Test
	void areSharedByInstances() {
		server.createStream(this.three, 1);
		String streams = this.one + "," + this.two + "," + this.three;
		KinesisListenerContainer first = container(start(streams));
		KinesisListenerContainer second = container(start(streams));
		await().untilAsserted(() -> {
			assertThat(first.getShards().join()).filteredOn((shard) -> shard.stream().equals(this.two)).hasSize(1);
			assertThat(second.getShards().join()).filteredOn((shard) -> shard.stream().equals(this.two)).hasSize(1);
			assertThat(first.getShards().join().size() + second.getShards().join().size()).isEqualTo(4);
		});
		put(0, 10, this.one, this.two, this.three);
		awaitReceived(0, 10, this.one, this.two, this.three);
	}

	@Test
	void ofWhichOneIsPausedGoOnWithTheOthers() {
		KinesisListenerContainer container = container(start(this.one + "," + this.two));
		container.pause(this.one).join();
		put(0, 10, this.one, this.two);
		awaitReceived(0, 10, this.two);
		assertThat(Received.of(this.one)).isEmpty();
		container.resume(this.one).join();
		awaitReceived(0, 10, this.one);
	}

	@Test
	void ofWhichOneIsMissingFailTheStart() {
		assertThatException().isThrownBy(() -> start(this.one + "," + this.three))
			.withStackTraceContaining("The stream '" + this.three + "' does not exist");
	}

	@Test
	void ofWhichOneIsMissingAreReadOnceItExists() {
		KinesisListenerContainer container = container(
				start(this.one + "," + this.three, "kinesis.streams.on-missing=wait"));
		put(0, 10, this.one);
		assertThat(container.getShards().join()).isEmpty();
		server.createStream(this.three, 1);
		put(0, 10, this.three);
		awaitReceived(0, 10, this.one, this.three);
	}

	@Test
	void ofWhichOneIsDeletedGoOnWithTheOthersAndReadItOnceItIsCreatedAgain() {
		KinesisListenerContainer container = container(start(this.one + "," + this.two));
		put(0, 10, this.one, this.two);
		awaitReceived(0, 10, this.one, this.two);
		kinesis.deleteStream((delete) -> delete.streamName(this.two)).join();
		await().untilAsserted(
				() -> assertThat(container.getStatus().shards()).filteredOn((shard) -> shard.stream().equals(this.two))
					.extracting(ShardStatus::failure)
					.doesNotContainNull());
		put(10, 20, this.one);
		awaitReceived(0, 20, this.one);
		server.createStream(this.two, 2);
		put(20, 30, this.two);
		await().untilAsserted(() -> assertThat(Received.of(this.two)).hasSize(20));
	}

	@Test
	void ofWhichOneIsInAnotherRegionAreRefused() {
		assertThatException()
			.isThrownBy(() -> start(this.one + ",arn:aws:kinesis:eu-west-3:123456789012:stream/elsewhere"))
			.withStackTraceContaining("reads the stream 'arn:aws:kinesis:eu-west-3:123456789012:stream/elsewhere', "
					+ "but its client calls the region")
			.withStackTraceContaining("Name a container factory with a client for the region 'eu-west-3'");
	}

	@Test
	void withTheSameNameAreRefused() {
		assertThatException().isThrownBy(() -> start(this.one + "," + arn(this.one)))
			.withStackTraceContaining(this.one);
	}

	private static String arn(String stream) {
		return kinesis.describeStreamSummary((describe) -> describe.streamName(stream))
			.join()
			.streamDescriptionSummary()
			.streamARN();
	}

	private void put(int from, int to, String... streams) {
		for (String stream : streams) {
			for (int number = from; number < to; number++) {
				String text = String.valueOf(number);
				kinesis
					.putRecord((put) -> put.streamName(stream).partitionKey(text).data(SdkBytes.fromUtf8String(text)))
					.join();
			}
		}
	}

	private static void awaitReceived(int from, int to, String... streams) {
		for (String stream : streams) {
			await().untilAsserted(() -> assertThat(Received.of(stream)).as(stream)
				.containsExactlyInAnyOrderElementsOf(IntStream.range(from, to).boxed().toList()));
		}
	}

	private static KinesisListenerContainer container(ConfigurableApplicationContext context) {
		return context.getBean(KinesisListenerContainerRegistry.class).getContainer("several");
	}

	private ConfigurableApplicationContext start(String streams, String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		server.properties().forEach((key, value) -> all.add(key + "=" + value));
		all.add("spring.application.name=several-" + this.one);
		all.add("test.streams=" + streams);
		ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.properties(all.toArray(String[]::new))
			.run();
		this.running.add(context);
		return context;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@KinesisListener(id = "several", streams = "#{'${test.streams}'.split(',')}")
		void onRecord(KinesisRecord<String> record) {
			Received.add(record);
		}

	}

	static final class Received {

		private static final Queue<KinesisRecord<String>> records = new ConcurrentLinkedQueue<>();

		private Received() {
		}

		static void add(KinesisRecord<String> record) {
			records.add(record);
		}

		static List<Integer> of(String stream) {
			return records.stream()
				.filter((record) -> record.stream().equals(stream))
				.map((record) -> Integer.parseInt(record.payload()))
				.toList();
		}

		static void clear() {
			records.clear();
		}

	}

}

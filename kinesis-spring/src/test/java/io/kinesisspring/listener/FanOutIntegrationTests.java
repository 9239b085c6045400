package io.kinesisspring.listener;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.Consumer;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardResponseHandler;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.fault.Fault;
import io.kinesisspring.embedded.fault.FaultRule;
import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.embedded.testing.WireProtocol;
import io.kinesisspring.lease.InMemoryLeaseStore;
import io.kinesisspring.shard.FanOutFallback;
import io.kinesisspring.shard.FanOutOptions;
import io.kinesisspring.shard.ReadMode;
import io.kinesisspring.shard.StreamClient;
import io.kinesisspring.testing.BackEnds;
import io.kinesisspring.testing.Containers;
import io.kinesisspring.testing.KinesisServer;
import io.kinesisspring.testing.RecordingListener;
import io.kinesisspring.testing.TestThreads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for enhanced fan-out over HTTP, by SDK clients that nothing has been changed on.
 */
class FanOutIntegrationTests {

	private static EmbeddedKinesisServer server;

	@RegisterExtension
	static final BackEnds backEnds = new BackEnds(FanOutIntegrationTests::startServer);

	@RegisterExtension
	final Containers containers = new Containers(backEnds, (options) -> fanOut(options, (fanOut) -> fanOut));

	private String stream;

	private static KinesisServer startServer() {
		server = EmbeddedKinesisServer.builder().dynamoDb(false).start();
		return new KinesisServer(KinesisClients.withDefaults(server.endpoint()), server::close);
	}

	private static ContainerOptions.Builder fanOut(ContainerOptions.Builder options,
			UnaryOperator<FanOutOptions.Builder> more) {
		FanOutOptions.Builder builder = options.fanOut()
			.toBuilder()
			.fallback(FanOutFallback.FAIL)
			.silentAfter(Duration.ofSeconds(3));
		return options.mode(ReadMode.FAN_OUT).fanOut(more.apply(builder).build());
	}

	@BeforeEach
	void createStream(TestInfo test) {
		this.stream = test.getTestMethod().orElseThrow().getName() + "-" + test.getDisplayName().hashCode();
		backEnds.createStream(this.stream, 4);
	}

	@AfterEach
	void clearFaults() {
		server.faults().clear();
	}

	@Test
	void deliversEveryRecordOnceInOrderWhenSubscriptionsFail() {
		List.of(FaultRule.endSubscription(), FaultRule.silenceSubscription(),
				FaultRule.endSubscription().errorCode("InternalFailureException", "broken"),
				FaultRule.endSubscription().errorCode("KMSThrottlingException", "slow down"))
			.forEach((fault) -> server.faults().add(fault.stream(this.stream).probability(0.05, 42)));
		List.of(FaultRule.throttle(), FaultRule.internalFailure(), FaultRule.dropBefore(), FaultRule.dropAfter(),
				FaultRule.latency(Duration.ofMillis(300)),
				FaultRule.error("ResourceInUseException", 400, "another subscription"))
			.forEach((fault) -> server.faults()
				.add(fault.action("SubscribeToShard").stream(this.stream).probability(0.1, 42)));
		RecordingListener listener = new RecordingListener();
		this.containers.start(this.stream, listener, (options) -> options.maxRecords(10));
		AtomicInteger sent = new AtomicInteger();
		for (int round = 0; round < 12; round++) {
			int from = sent.getAndAdd(40);
			backEnds.put(this.stream, from, from + 20, (number) -> "key-" + number % 20);
			backEnds.putAggregated(this.stream, from + 20, from + 40, (number) -> "key-" + number % 20);
			if (round == 3) {
				backEnds.split(this.stream, 1);
			}
			if (round == 7) {
				backEnds.merge(this.stream, 0);
			}
			await().pollDelay(Duration.ofMillis(150)).until(() -> true);
		}
		await().atMost(Duration.ofMinutes(2))
			.untilAsserted(() -> assertThat(listener.distinctNumbers()).hasSize(sent.get()));
		assertThat(listener.numbers()).hasSize(sent.get());
		listener.byShard()
			.forEach((shard, records) -> assertThat(records).isSortedAccordingTo(
					Comparator.<KinesisRecord<byte[]>, SequenceNumber>comparing(KinesisRecord::sequenceNumber)
						.thenComparing(KinesisRecord::subSequenceNumber)));
	}

	@Test
	void resubscribesWhenTheServiceEndsSubscriptionsAfterFiveMinutes() {
		Fault calls = subscribeCalls();
		RecordingListener listener = new RecordingListener();
		this.containers.start(this.stream, listener);
		for (int i = 0; i < 3; i++) {
			backEnds.put(this.stream, i * 100, i * 100 + 100);
			int expected = i * 100 + 100;
			await().untilAsserted(() -> assertThat(listener.numbers()).hasSize(expected));
			server.clock().advance(Duration.ofMinutes(5));
		}
		await().untilAsserted(() -> assertThat(calls.hits()).isEqualTo(4 * 4));
		assertThat(listener.numbers()).hasSize(300);
	}

	@Test
	void switchesBetweenTheModesWithoutLossOrRepetition() {
		RecordingListener listener = new RecordingListener();
		List<ReadMode> modes = List.of(ReadMode.POLLING, ReadMode.FAN_OUT, ReadMode.POLLING, ReadMode.FAN_OUT);
		for (int i = 0; i < modes.size(); i++) {
			ReadMode mode = modes.get(i);
			KinesisListenerContainer container = this.containers.start(this.stream, listener,
					(options) -> options.mode(mode).maxRecords(7));
			backEnds.put(this.stream, i * 100, i * 100 + 50, (number) -> "key-" + number % 10);
			backEnds.putAggregated(this.stream, i * 100 + 50, i * 100 + 100, (number) -> "key-" + number % 10);
			if (i % 2 == 1) {
				backEnds.split(this.stream, 0);
			}
			int some = i * 100 + 60;
			await().until(() -> listener.numbers().size() > some);
			container.stop();
		}
		this.containers.start(this.stream, listener);
		await().untilAsserted(() -> assertThat(listener.distinctNumbers()).hasSize(400));
		assertThat(listener.numbers()).hasSize(400);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void losesAndRepeatsNothingWithASlowListenerOnAnyHttpClient(boolean withoutReadTimeout) {
		Fault calls = subscribeCalls();
		NettyNioAsyncHttpClient.Builder http = NettyNioAsyncHttpClient.builder()
			.readTimeout(withoutReadTimeout ? Duration.ZERO : Duration.ofSeconds(1));
		try (KinesisAsyncClient subscribing = KinesisClients.withoutRetries(server.endpoint(), WireProtocol.CBOR,
				http)) {
			backEnds.put(this.stream, 0, 2, (number) -> "one");
			RecordingListener listener = new RecordingListener(
					(record) -> await().pollDelay(Duration.ofMillis(1700)).until(() -> true));
			KinesisListenerContainer container = create(new StreamClient(backEnds.kinesis(), () -> subscribing),
					listener);
			container.start();
			for (int i = 2; i < 4; i++) {
				int seen = i - 1;
				await().until(() -> listener.numbers().size() >= seen);
				backEnds.put(this.stream, i, i + 1, (number) -> "one");
			}
			await().until(() -> listener.numbers().size() >= 4);
			container.stop();
			assertThat(listener.numbers()).containsExactly(0, 1, 2, 3);
			assertThat(calls.hits()).satisfies((hits) -> assertThat(hits == 4).isEqualTo(withoutReadTimeout));
		}
	}

	@Test
	void isNotBoundByTheTimeoutsForCallsOfItsClient() {
		Fault calls = subscribeCalls();
		try (KinesisAsyncClient subscribing = withReadTimeout()) {
			RecordingListener listener = new RecordingListener();
			KinesisListenerContainer container = create(new StreamClient(backEnds.kinesis(), () -> subscribing),
					listener);
			container.start();
			await().during(Duration.ofSeconds(4)).until(() -> calls.hits() <= 4);
			backEnds.put(this.stream, 0, 10);
			await().untilAsserted(() -> assertThat(listener.numbers()).hasSize(10));
			assertThat(calls.hits()).isEqualTo(4);
			container.stop();
		}
	}

	private static KinesisAsyncClient withReadTimeout() {
		KinesisAsyncClient like = KinesisClients.withDefaults(server.endpoint());
		try (like) {
			return KinesisAsyncClient.builder()
				.endpointOverride(server.endpoint())
				.region(like.serviceClientConfiguration().region())
				.credentialsProvider(like.serviceClientConfiguration().credentialsProvider())
				.overrideConfiguration((override) -> override.apiCallTimeout(Duration.ofSeconds(2))
					.apiCallAttemptTimeout(Duration.ofSeconds(1)))
				.build();
		}
	}

	private KinesisListenerContainer create(StreamClient client, RecordsListener listener) {
		ContainerOptions.Builder options = ContainerOptions.defaults().toBuilder().application("app");
		return new KinesisListenerContainerFactory(client, (application) -> new InMemoryLeaseStore(),
				TestThreads.executor("listener-"), fanOut(options, (fanOut) -> fanOut).build(), (id, builder) -> {
				})
			.create(endpoint(listener));
	}

	private KinesisListenerEndpoint endpoint(RecordsListener listener) {
		return new KinesisListenerEndpoint("listener", List.of(StreamIdentifier.of(this.stream)), listener,
				(options) -> options, "a test");
	}

	/**
	 * Counts them, and changes nothing.
	 */
	private Fault subscribeCalls() {
		return server.faults()
			.add(FaultRule.latency(Duration.ofMillis(1)).action("SubscribeToShard").stream(this.stream));
	}

	@Test
	void resubscribesAfterAnotherSubscriptionReplacedIt() {
		RecordingListener listener = new RecordingListener();
		this.containers.start(this.stream, listener);
		backEnds.put(this.stream, 0, 20);
		await().untilAsserted(() -> assertThat(listener.numbers()).hasSize(20));
		server.clock().advance(Duration.ofSeconds(6));
		backEnds.openShards(this.stream)
			.forEach((shard) -> backEnds.kinesis()
				.subscribeToShard(
						(subscribe) -> subscribe.consumerARN(consumers().get(0).consumerARN())
							.shardId(shard.shardId())
							.startingPosition((position) -> position.type(ShardIteratorType.LATEST)),
						SubscribeToShardResponseHandler.builder().subscriber((event) -> {
						}).build()));
		backEnds.put(this.stream, 20, 40);
		await().untilAsserted(() -> assertThat(listener.numbers()).hasSize(40));
		assertThat(listener.distinctNumbers()).hasSize(40);
	}

	@Test
	void registersTheConsumerOnceUnderTheNameOfTheApplicationAndKeepsIt() {
		RecordingListener listener = new RecordingListener();
		List<KinesisListenerContainer> fleet = IntStream.range(0, 4)
			.mapToObj((i) -> this.containers.create(this.stream, listener, (options) -> options))
			.toList();
		fleet.parallelStream().forEach(KinesisListenerContainer::start);
		fleet.forEach(KinesisListenerContainer::stop);
		assertThat(consumers()).extracting(Consumer::consumerName).containsExactly("app");
	}

	@Test
	void theLastWorkerThatStopsDeregistersTheConsumerIfConfigured() {
		UnaryOperator<ContainerOptions.Builder> deregistering = (options) -> fanOut(options,
				(fanOut) -> fanOut.deregisterOnStop(true).consumerName("reports"));
		RecordingListener listener = new RecordingListener();
		KinesisListenerContainer one = this.containers.start(this.stream, listener, deregistering);
		KinesisListenerContainer other = this.containers.start(this.stream, listener, deregistering);
		one.stop();
		assertThat(consumers()).extracting(Consumer::consumerName).containsExactly("reports");
		other.stop();
		assertThat(consumers()).isEmpty();
	}

	@Test
	void failsTheStartWhenRegistrationIsDeniedAndPollingIsNoFallback() {
		server.faults().add(FaultRule.accessDenied().action("RegisterStreamConsumer").stream(this.stream));
		KinesisListenerContainer container = this.containers.create(this.stream, new RecordingListener(),
				(options) -> options);
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(container::start)
			.withMessageContaining("kinesis:RegisterStreamConsumer on the stream '" + this.stream + "' was denied")
			.withMessageContaining(":stream/" + this.stream + "/consumer/*");
		assertThat(container.isRunning()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "RegisterStreamConsumer", "SubscribeToShard" })
	void pollsWhenFanOutIsDenied(String action) {
		server.faults().add(FaultRule.accessDenied().action(action).stream(this.stream));
		backEnds.put(this.stream, 0, 50);
		RecordingListener listener = new RecordingListener();
		this.containers.start(this.stream, listener,
				(options) -> fanOut(options, (fanOut) -> fanOut.fallback(FanOutFallback.POLLING)));
		backEnds.put(this.stream, 50, 100);
		await().untilAsserted(() -> assertThat(listener.numbers()).hasSize(100));
		assertThat(listener.distinctNumbers()).hasSize(100);
	}

	@Test
	void usesTheConsumerOfAConfiguredArn() {
		String streamArn = streamArn();
		String arn = backEnds.kinesis()
			.registerStreamConsumer((register) -> register.streamARN(streamArn).consumerName("given"))
			.join()
			.consumer()
			.consumerARN();
		backEnds.put(this.stream, 0, 20);
		RecordingListener listener = new RecordingListener();
		this.containers.start(this.stream, listener, (options) -> fanOut(options, (fanOut) -> fanOut.consumerArn(arn)));
		await().untilAsserted(() -> assertThat(listener.numbers()).hasSize(20));
		assertThat(consumers()).extracting(Consumer::consumerName).containsExactly("given");
	}

	@Test
	void rejectsAConsumerOfAnotherStream() {
		String arn = "arn:aws:kinesis:us-east-1:000000000000:stream/other/consumer/given:1";
		assertThatExceptionOfType(KinesisConfigurationException.class)
			.isThrownBy(() -> this.containers.create(this.stream, new RecordingListener(),
					(options) -> fanOut(options, (fanOut) -> fanOut.consumerArn(arn))))
			.withMessageContaining("its fan-out consumer is '" + arn + "'")
			.withMessageContaining("a consumer of the stream 'other' alone");
	}

	@Test
	void rejectsAnApplicationNameThatIsNoConsumerName() {
		assertThatExceptionOfType(KinesisConfigurationException.class)
			.isThrownBy(() -> this.containers.create(this.stream, new RecordingListener(),
					(options) -> options.application("my app")))
			.withMessageContaining("'my app'")
			.withMessageContaining("Set 'consumerName' to 1 to 128 characters");
	}

	private String streamArn() {
		return backEnds.kinesis()
			.describeStreamSummary((describe) -> describe.streamName(this.stream))
			.join()
			.streamDescriptionSummary()
			.streamARN();
	}

	private List<Consumer> consumers() {
		String arn = streamArn();
		return backEnds.kinesis().listStreamConsumers((list) -> list.streamARN(arn)).join().consumers();
	}

}

package io.kinesisspring.listener;

import java.net.URI;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.fault.FaultRule;
import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.event.KinesisListenerEvent;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.InMemoryLeaseStore;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.shard.OnAccessDenied;
import io.kinesisspring.shard.OnStaleCheckpoint;
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
 * Tests for what a container does when the service fails, is out of reach, or says no.
 */
class ReadingUnderFaultsIntegrationTests {

	private static EmbeddedKinesisServer server;

	@RegisterExtension
	static final BackEnds backEnds = new BackEnds(ReadingUnderFaultsIntegrationTests::startServer);

	@RegisterExtension
	final Containers containers = new Containers(backEnds);

	private String stream;

	private static KinesisServer startServer() {
		server = EmbeddedKinesisServer.builder().dynamoDb(false).start();
		return new KinesisServer(KinesisClients.withDefaults(server.endpoint()), server::close);
	}

	@BeforeEach
	void createStream(TestInfo test) {
		this.stream = test.getTestMethod().orElseThrow().getName();
		if (!test.getTestMethod().orElseThrow().isAnnotationPresent(ParameterizedTest.class)) {
			backEnds.createStream(this.stream, 4);
		}
	}

	@AfterEach
	void clearFaults() {
		server.faults().clear();
	}

	@Test
	void deliversEveryRecordOnceInOrderWhenReadsFail() {
		backEnds.put(this.stream, 0, 300);
		List.of(FaultRule.throttle(), FaultRule.internalFailure(), FaultRule.expiredIterator(), FaultRule.dropBefore(),
				FaultRule.dropAfter(), FaultRule.latency(Duration.ofMillis(300)))
			.forEach((fault) -> server.faults().add(fault.action("GetRecords").probability(0.15, 42)));
		server.faults().add(FaultRule.throttle().action("GetShardIterator").probability(0.3, 42));
		RecordingListener listener = new RecordingListener();
		this.containers.start(this.stream, listener, (options) -> options.maxRecords(10));
		backEnds.put(this.stream, 300, 400);
		for (int i = 400; i < 600; i += 20) {
			backEnds.putAggregated(this.stream, i, i + 20, (number) -> "key-" + number);
		}
		await().untilAsserted(() -> assertThat(listener.distinctNumbers()).hasSize(600));
		assertThat(listener.numbers()).hasSize(600);
		listener.byShard()
			.forEach((shard, records) -> assertThat(records).isSortedAccordingTo(
					Comparator.<KinesisRecord<byte[]>, SequenceNumber>comparing(KinesisRecord::sequenceNumber)
						.thenComparing(KinesisRecord::subSequenceNumber)));
	}

	@Test
	void startsALargeFleetWithinTheLimitsOfTheService() {
		backEnds.put(this.stream, 0, 10);
		server.faults().add(FaultRule.throttle().action("ListShards").stream(this.stream).times(8));
		RecordingListener listener = new RecordingListener();
		this.containers.start(this.stream, listener);
		await().untilAsserted(() -> assertThat(listener.distinctNumbers()).hasSize(10));
	}

	@Test
	void namesActionAndArnWhenReadingIsDenied() {
		server.faults().add(FaultRule.accessDenied().action("ListShards").stream(this.stream));
		KinesisListenerContainer container = this.containers.create(this.stream, new RecordingListener(),
				(options) -> options);
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(container::start)
			.withMessageContaining("kinesis:ListShards on the stream '" + this.stream + "' was denied")
			.withMessageContaining("arn:aws:kinesis:*:000000000000:stream/" + this.stream);
	}

	static Stream<Arguments> refusals() {
		return Stream.of(
				Arguments.of(FaultRule.accessDenied(), "kinesis:GetRecords", "arn:aws:kinesis:*:000000000000:stream/"),
				Arguments.of(FaultRule.error("KMSDisabledException", 400, "The key is disabled"), "The key is disabled",
						"kms:Decrypt"));
	}

	@ParameterizedTest
	@MethodSource("refusals")
	void showsADenialAndRecoversFromIt(FaultRule denial, String denied, String remedy) {
		String readable = "denied-" + denial.kind();
		backEnds.createStream(readable, 4);
		backEnds.put(readable, 0, 20);
		RecordingListener listener = new RecordingListener();
		KinesisListenerContainer container = this.containers.start(readable, listener);
		await().untilAsserted(() -> assertThat(listener.numbers()).hasSize(20));
		try (Errors errors = new Errors()) {
			server.faults().add(denial.action("GetRecords").stream(readable));
			await().untilAsserted(() -> assertThat(container.getStatus().failure()).isNotNull());
			assertThat(container.getStatus().failure()).hasMessageContaining(denied).hasMessageContaining(remedy);
			assertThat(container.getStatus().phase()).isEqualTo(ListenerStatus.Phase.RUNNING);
			assertThat(errors.messages()).singleElement().asString().contains(denied).contains(remedy);
			server.faults().clear();
			backEnds.put(readable, 20, 40);
			await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> {
				assertThat(listener.numbers()).hasSize(40);
				assertThat(container.getStatus().failure()).isNull();
			});
			assertThat(errors.messages()).hasSize(1);
		}
	}

	@ParameterizedTest
	@MethodSource("refusals")
	void stopsWithOneErrorWhenReadingIsDeniedAndConfiguredToStop(FaultRule denial, String denied, String remedy) {
		String readable = "refused-" + denial.kind();
		backEnds.createStream(readable, 4);
		backEnds.put(readable, 0, 20);
		RecordingListener listener = new RecordingListener();
		List<Object> events = new CopyOnWriteArrayList<>();
		KinesisListenerContainer container = this.containers.create(readable, listener,
				(options) -> options.onAccessDenied(OnAccessDenied.STOP), events::add);
		container.start();
		await().untilAsserted(() -> assertThat(listener.numbers()).hasSize(20));
		try (Errors errors = new Errors()) {
			server.faults().add(denial.action("GetRecords").stream(readable));
			await().untilAsserted(() -> assertThat(container.isRunning()).isFalse());
			await().untilAsserted(
					() -> assertThat(this.containers.leases(readable)).extracting(Lease::owner).containsOnlyNulls());
			assertThat(errors.messages()).singleElement().asString().contains(denied).contains(remedy);
		}
		await().untilAsserted(() -> assertThat(events).anySatisfy((event) -> assertThat(event)
			.isInstanceOfSatisfying(KinesisListenerEvent.ListenerStopped.class, (stopped) -> {
				assertThat(stopped.reason()).isEqualTo(KinesisListenerEvent.ListenerStopped.Reason.ACCESS_DENIED);
				assertThat(stopped.cause()).hasMessageContaining(denied);
			})));
		server.faults().clear();
		backEnds.put(readable, 20, 40);
		container.start();
		await().untilAsserted(() -> assertThat(listener.numbers()).hasSize(40));
	}

	@Test
	void waitsForNewCredentialsWhenTheyHaveExpired() {
		backEnds.put(this.stream, 0, 10);
		server.faults()
			.add(FaultRule.error("ExpiredTokenException", 400, "The security token has expired")
				.action("GetRecords")
				.stream(this.stream)
				.times(8));
		RecordingListener listener = new RecordingListener();
		this.containers.start(this.stream, listener);
		await().untilAsserted(() -> assertThat(listener.numbers()).hasSize(10));
	}

	@Test
	void readsTheRemainingRecordsAfterAnAbsenceLongerThanTheRetention() {
		backEnds.createStream("left", 1);
		leaveAlone("left");
		RecordingListener listener = new RecordingListener();
		this.containers.start("left", listener);
		await().untilAsserted(() -> assertThat(listener.numbers()).containsExactly(20, 21, 22, 23, 24));
	}

	@Test
	void skipsTheRemainingRecordsIfConfigured() {
		backEnds.createStream("skipped", 1);
		leaveAlone("skipped");
		server.clock().advance(Duration.ofSeconds(2));
		RecordingListener listener = new RecordingListener();
		this.containers.start("skipped", listener, (options) -> options.onStaleCheckpoint(OnStaleCheckpoint.LATEST));
		await().until(() -> this.containers.leases("skipped")
			.stream()
			.allMatch((lease) -> lease.checkpoint() instanceof Checkpoint.AtTimestamp));
		backEnds.put("skipped", 25, 30);
		await().untilAsserted(() -> assertThat(listener.numbers()).containsExactly(25, 26, 27, 28, 29));
	}

	@Test
	void stopsAShardWithAStaleCheckpointIfConfigured() {
		backEnds.createStream("failed", 1);
		leaveAlone("failed");
		RecordingListener listener = new RecordingListener();
		try (Errors errors = new Errors()) {
			KinesisListenerContainer container = this.containers.start("failed", listener,
					(options) -> options.onStaleCheckpoint(OnStaleCheckpoint.FAIL));
			await().untilAsserted(() -> assertThat(errors.messages()).singleElement()
				.asString()
				.contains("policy for stale checkpoints is 'fail'")
				.contains("shardId-000000000000"));
			container.stop();
		}
		assertThat(listener.numbers()).isEmpty();
		this.containers.start("failed", listener);
		await().untilAsserted(() -> assertThat(listener.numbers()).containsExactly(20, 21, 22, 23, 24));
	}

	/**
	 * Process ten records, lose ten to the retention period, and have five that are left.
	 */
	private void leaveAlone(String alone) {
		backEnds.put(alone, 0, 10);
		RecordingListener before = new RecordingListener();
		KinesisListenerContainer container = this.containers.start(alone, before);
		await().untilAsserted(() -> assertThat(before.numbers()).hasSize(10));
		container.stop();
		backEnds.put(alone, 10, 20);
		server.clock().advance(Duration.ofHours(25));
		backEnds.put(alone, 20, 25);
	}

	@Test
	void startsAtThePinnedTipHoweverLateTheFirstReadIs() {
		backEnds.createStream("pinned", 1);
		backEnds.put("pinned", 0, 10);
		server.clock().advance(Duration.ofSeconds(2));
		RecordingListener none = new RecordingListener();
		KinesisListenerContainer container = this.containers.start("pinned", none,
				(options) -> options.initialPosition(InitialPosition.LATEST));
		container.stop();
		backEnds.put("pinned", 10, 20);
		server.clock().advance(Duration.ofHours(30));
		backEnds.put("pinned", 20, 30);
		RecordingListener listener = new RecordingListener();
		this.containers.start("pinned", listener, (options) -> options.initialPosition(InitialPosition.LATEST));
		await().untilAsserted(() -> assertThat(listener.numbers()).hasSize(10));
		assertThat(none.numbers()).isEmpty();
		assertThat(listener.numbers()).containsExactly(20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
	}

	@Test
	void failsTheStartWhenNothingAnswersAtTheEndpoint() {
		try (KinesisAsyncClient unreachable = KinesisClients.withDefaults(URI.create("http://127.0.0.1:1"))) {
			KinesisListenerContainer container = new KinesisListenerContainerFactory(new StreamClient(unreachable),
					(application) -> new InMemoryLeaseStore(), TestThreads.executor("listener-"),
					ContainerOptions.defaults().toBuilder().application("app").build(), (id, options) -> {
					})
				.create(new KinesisListenerEndpoint("listener", List.of(StreamIdentifier.of(this.stream)),
						new RecordingListener(), (options) -> options, "a test"));
			assertThatExceptionOfType(KinesisException.class).isThrownBy(container::start)
				.withMessageContaining("kinesis:ListShards on the stream '" + this.stream + "' got no response")
				.withMessageContaining("Check the network, and the endpoint");
			assertThat(container.isRunning()).isFalse();
		}
	}

	@Test
	void finishesAShardOnlyWhenItsLastRecordIsAcknowledgedByHand() {
		backEnds.createStream("ended", 1);
		backEnds.put("ended", 0, 10);
		backEnds.split("ended", 0);
		backEnds.put("ended", 10, 20);
		Queue<Acknowledgment> acknowledgments = new ConcurrentLinkedQueue<>();
		RecordingListener recorder = new RecordingListener();
		RecordsListener listener = new RecordsListener() {

			@Override
			public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery)
					throws Exception {
				acknowledgments.add(delivery.acknowledgment());
				return recorder.onRecords(records, delivery);
			}

			@Override
			public boolean isBatch() {
				return false;
			}

		};
		this.containers.start("ended", listener, (options) -> options.ackMode(AckMode.MANUAL));
		await().until(() -> acknowledgments.size() == 10);
		await().during(Duration.ofSeconds(2)).until(() -> recorder.numbers().size() == 10);
		acknowledgments.forEach(Acknowledgment::acknowledge);
		await().untilAsserted(() -> assertThat(recorder.distinctNumbers()).hasSize(20));
	}

	/**
	 * What is logged as an error meanwhile.
	 */
	private static final class Errors implements AutoCloseable {

		private final Logger logger = (Logger) LoggerFactory.getLogger("io.kinesisspring");

		private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

		private Errors() {
			this.appender.start();
			this.logger.addAppender(this.appender);
		}

		private List<String> messages() {
			return List.copyOf(this.appender.list)
				.stream()
				.filter((event) -> event.getLevel() == Level.ERROR)
				.map((event) -> event.getFormattedMessage() + ": " + event.getThrowableProxy().getMessage())
				.toList();
		}

		@Override
		public void close() {
			this.logger.detachAppender(this.appender);
		}

	}

}

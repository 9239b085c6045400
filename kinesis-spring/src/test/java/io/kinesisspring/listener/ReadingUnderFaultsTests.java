package io.kinesisspring.listener;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.fault.FaultRule;
import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.lease.InMemoryLeaseStore;
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
class ReadingUnderFaultsTests {

	private static EmbeddedKinesisServer server;

	@RegisterExtension
	static final BackEnds backEnds = new BackEnds(ReadingUnderFaultsTests::startServer);

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
		backEnds.createStream(this.stream, 4);
	}

	@AfterEach
	void mend() {
		server.faults().clear();
	}

	@Test
	void deliversEveryRecordOnceInOrderWhateverGoesWrongWithReading() {
		backEnds.put(this.stream, 0, 300);
		List.of(FaultRule.throttle(), FaultRule.internalFailure(), FaultRule.expiredIterator(), FaultRule.dropBefore(),
				FaultRule.dropAfter(), FaultRule.latency(Duration.ofMillis(300)))
			.forEach((fault) -> server.faults().add(fault.action("GetRecords").probability(0.15, 42)));
		server.faults().add(FaultRule.throttle().action("GetShardIterator").probability(0.3, 42));
		RecordingListener listener = new RecordingListener();
		this.containers.start(this.stream, listener, (options) -> options.maxRecords(10));
		backEnds.put(this.stream, 300, 400);
		await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(listener.distinctNumbers()).hasSize(400));
		assertThat(listener.numbers()).hasSize(400);
		listener.byShard()
			.forEach((shard, records) -> assertThat(records)
				.isSortedAccordingTo((one, other) -> one.sequenceNumber().compareTo(other.sequenceNumber())));
	}

	@Test
	void waitsItsTurnWhenAFleetStartsAtOnce() {
		backEnds.put(this.stream, 0, 10);
		server.faults().add(FaultRule.throttle().action("ListShards").stream(this.stream).times(8));
		RecordingListener listener = new RecordingListener();
		this.containers.start(this.stream, listener);
		await().untilAsserted(() -> assertThat(listener.distinctNumbers()).hasSize(10));
	}

	@Test
	void tellsActionAndArnWhenItMayNotRead() {
		server.faults().add(FaultRule.accessDenied().action("ListShards").stream(this.stream));
		KinesisListenerContainer container = this.containers.create(this.stream, new RecordingListener(),
				(options) -> options);
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(container::start)
			.withMessageContaining("kinesis:ListShards on the stream '" + this.stream + "' was denied")
			.withMessageContaining("arn:aws:kinesis:<region>:<account>:stream/" + this.stream);
	}

	@Test
	void failsTheStartWhenNothingAnswersAtTheEndpoint() {
		try (KinesisAsyncClient nobody = KinesisClients.withDefaults(URI.create("http://127.0.0.1:1"))) {
			KinesisListenerContainer container = new KinesisListenerContainerFactory(new StreamClient(nobody),
					(application) -> new InMemoryLeaseStore(), TestThreads.executor("listener-"),
					ContainerOptions.defaults().toBuilder().application("app").build(), (id, options) -> {
					})
				.create(new KinesisListenerEndpoint("listener", List.of(StreamIdentifier.of(this.stream)),
						new RecordingListener(), (options) -> options, "a test"));
			assertThatExceptionOfType(KinesisException.class).isThrownBy(container::start)
				.withMessageContaining("kinesis:ListShards on the stream '" + this.stream + "' got no answer")
				.withMessageContaining("kinesis.endpoint");
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

}

package io.kinesisspring.listener;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.util.unit.DataSize;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.error.BatchFailedException;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.error.ErrorDecision;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.shard.OnMissingStream;
import io.kinesisspring.testing.BackEnds;
import io.kinesisspring.testing.Containers;
import io.kinesisspring.testing.KinesisServer;
import io.kinesisspring.testing.RecordingListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for what a container's options change, over real HTTP against the embedded server
 * and DynamoDB Local. What it promises on every server is in {@code endtoend}.
 */
class KinesisListenerContainerTests {

	@RegisterExtension
	static final BackEnds backEnds = new BackEnds(KinesisServer::embedded);

	@RegisterExtension
	final Containers containers = new Containers(backEnds);

	private String stream;

	@BeforeEach
	void createStream(TestInfo test) {
		this.stream = test.getTestMethod().orElseThrow().getName();
		backEnds.createStream(this.stream, 4);
	}

	@Test
	void readsClosedShardsAndTheirChildrenFromTheirBeginningWhenItStartsLate() {
		backEnds.put(this.stream, 0, 100);
		backEnds.updateShardCount(this.stream, 2);
		backEnds.put(this.stream, 100, 200);
		backEnds.updateShardCount(this.stream, 4);
		backEnds.put(this.stream, 200, 300);
		RecordingListener recorder = new RecordingListener();
		this.containers.start(this.stream, recorder);
		await().untilAsserted(() -> assertThat(recorder.distinctNumbers()).hasSize(300));
		assertThat(recorder.numbers()).hasSize(300);
	}

	@Test
	void skipsOnlyWhatTheErrorHandlerDecides() {
		backEnds.createStream("skipped", 1);
		backEnds.put("skipped", 0, 50);
		RecordingListener recorder = new RecordingListener((record) -> {
			if (RecordingListener.number(record) % 10 == 3) {
				throw new IllegalStateException("never");
			}
		});
		this.containers.start("skipped", recorder,
				(options) -> options.errorHandler((failure) -> ErrorDecision.skip()));
		await().untilAsserted(() -> assertThat(recorder.numbers())
			.isEqualTo(IntStream.range(0, 50).filter((i) -> i % 10 != 3).boxed().toList()));
	}

	@Test
	void stopsAShardWhenTheErrorHandlerDecidesSo() {
		backEnds.createStream("stopped", 1);
		backEnds.put("stopped", 0, 50);
		RecordingListener recorder = new RecordingListener((record) -> {
			if (RecordingListener.number(record) == 10) {
				throw new IllegalStateException("never");
			}
		});
		KinesisListenerContainer container = this.containers.start("stopped", recorder,
				(options) -> options.errorHandler((failure) -> ErrorDecision.stopShard()));
		await().untilAsserted(() -> assertThat(recorder.numbers()).hasSize(10));
		container.stop();
		RecordingListener later = new RecordingListener();
		this.containers.start("stopped", later);
		await().untilAsserted(() -> assertThat(later.numbers()).isEqualTo(IntStream.range(10, 50).boxed().toList()));
	}

	@Test
	void keepsWhatABatchListenerReportsAsProcessed() {
		backEnds.createStream("batches", 1);
		backEnds.put("batches", 0, 50);
		List<Integer> processed = new ArrayList<>();
		AtomicInteger failures = new AtomicInteger();
		RecordsListener listener = batchListener((records) -> {
			for (int i = 0; i < records.size(); i++) {
				if (RecordingListener.number(records.get(i)) == 20 && failures.incrementAndGet() <= 2) {
					throw new BatchFailedException(i, new IllegalStateException("not yet"));
				}
				processed.add(RecordingListener.number(records.get(i)));
			}
		});
		KinesisListenerContainer container = this.containers.start("batches", listener,
				KinesisListenerContainerTests::fastRetries);
		await().untilAsserted(() -> assertThat(failures).hasValue(3));
		await().untilAsserted(() -> assertThat(processed).isEqualTo(IntStream.range(0, 50).boxed().toList()));
		await().untilAsserted(() -> assertThat(container.getStatus().records()).isEqualTo(50));
		assertThat(container.getStatus().failures()).isEqualTo(2);
		assertThat(container.getStatus().shards()).singleElement()
			.satisfies((shard) -> assertThat(shard.records()).isEqualTo(50));
		container.stop();
		assertThat(container.getStatus().records()).as("also of shards that it no longer holds").isEqualTo(50);
	}

	@Test
	void checkpointsOnlyAcknowledgedRecords() {
		backEnds.createStream("manual", 1);
		backEnds.put("manual", 0, 50);
		List<Acknowledgment> acknowledgments = new ArrayList<>();
		RecordsListener listener = new RecordsListener() {

			@Override
			public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery) {
				acknowledgments.add(delivery.acknowledgment());
				return null;
			}

			@Override
			public boolean isBatch() {
				return false;
			}

		};
		KinesisListenerContainer container = this.containers.start("manual", listener,
				(options) -> options.ackMode(AckMode.MANUAL));
		await().until(() -> acknowledgments.size() == 50);
		acknowledgments.get(29).acknowledge();
		await().untilAsserted(() -> assertThat(container.getStatus().shards()).singleElement().satisfies((shard) -> {
			assertThat(shard.unacknowledged()).isEqualTo(20);
			assertThat(shard.unacknowledgedSince()).isNotNull();
		}));
		container.stop();
		RecordingListener later = new RecordingListener();
		this.containers.start("manual", later);
		await().untilAsserted(() -> assertThat(later.numbers()).isEqualTo(IntStream.range(30, 50).boxed().toList()));
	}

	@Test
	void startsAtLatestAndLosesNothingWhenItRestartsBeforeTheFirstCheckpoint() {
		backEnds.put(this.stream, 0, 100);
		RecordingListener never = new RecordingListener();
		KinesisListenerContainer container = this.containers.start(this.stream, never,
				(options) -> options.initialPosition(InitialPosition.LATEST));
		container.stop();
		backEnds.put(this.stream, 100, 200);
		RecordingListener recorder = new RecordingListener();
		this.containers.start(this.stream, recorder, (options) -> options.initialPosition(InitialPosition.LATEST));
		await().untilAsserted(() -> assertThat(recorder.distinctNumbers()).hasSize(100));
		assertThat(recorder.numbers()).allMatch((number) -> number >= 100);
		assertThat(never.numbers()).isEmpty();
	}

	@Test
	void usesTheInitialPositionOnlyWithoutACheckpoint() {
		backEnds.put(this.stream, 0, 100);
		RecordingListener before = new RecordingListener();
		KinesisListenerContainer container = this.containers.start(this.stream, before);
		await().untilAsserted(() -> assertThat(before.distinctNumbers()).hasSize(100));
		container.stop();
		RecordingListener after = new RecordingListener();
		this.containers.start(this.stream, after, (options) -> options.initialPosition(InitialPosition.TRIM_HORIZON));
		backEnds.put(this.stream, 100, 101);
		await().untilAsserted(() -> assertThat(after.numbers()).containsExactly(100));
	}

	@Test
	void failsTheStartWhenTheStreamDoesNotExist() {
		KinesisListenerContainer container = this.containers.create("nowhere", new RecordingListener(),
				(options) -> options);
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(container::start)
			.withMessageContaining("The stream 'nowhere' does not exist")
			.withMessageContaining("'onMissingStream'");
		assertThat(container.isRunning()).isFalse();
	}

	@Test
	void waitsForAStreamThatDoesNotExistYet() {
		RecordingListener recorder = new RecordingListener();
		this.containers.start("later", recorder, (options) -> options.onMissingStream(OnMissingStream.WAIT));
		backEnds.createStream("later", 2);
		backEnds.put("later", 0, 10);
		await().untilAsserted(() -> assertThat(recorder.distinctNumbers()).hasSize(10));
	}

	@Test
	void createsAStreamThatDoesNotExist() {
		RecordingListener recorder = new RecordingListener();
		this.containers.start("created", recorder,
				(options) -> options.onMissingStream(OnMissingStream.CREATE).createShards(3));
		backEnds.put("created", 0, 10);
		await().untilAsserted(() -> assertThat(recorder.distinctNumbers()).hasSize(10));
		assertThat(backEnds.openShards("created")).hasSize(3);
	}

	@Test
	void keepsWithinAByteBudgetThatIsSmallerThanABatch() {
		backEnds.put(this.stream, 0, 400);
		RecordingListener recorder = new RecordingListener();
		this.containers.start(this.stream, recorder, (options) -> options.bufferMemory(DataSize.ofBytes(1)));
		await().untilAsserted(() -> assertThat(recorder.distinctNumbers()).hasSize(400));
	}

	private static ContainerOptions.Builder fastRetries(ContainerOptions.Builder options) {
		return options.errorHandler(DefaultErrorHandler.builder()
			.initialInterval(Duration.ofMillis(5))
			.maxInterval(Duration.ofMillis(5))
			.build());
	}

	private static RecordsListener batchListener(RecordingListener.Processing<List<KinesisRecord<byte[]>>> processing) {
		return new RecordsListener() {

			@Override
			public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery)
					throws Exception {
				processing.process(records);
				return null;
			}

			@Override
			public boolean isBatch() {
				return true;
			}

		};
	}

}
